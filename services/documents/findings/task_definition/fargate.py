"""Rules of tasks that are validated for Fargate (developer guide, "Task definition differences for Fargate")."""

from collections.abc import Iterator, Mapping
from typing import Final

from ecsdash.aws.limits import FARGATE_MEMORY, fargate_memory_choices
from ecsdash.web.formatting import cpu_units as in_words
from services.documents.findings.parts import Check, Part, Violation, listed, name_of, outside
from services.documents.findings.sizes import cpu_units, memory_mib
from services.documents.findings.task_definition.task import FARGATE, network_mode, on, windows

PREFIX: Final = "awslogs-stream-prefix"
LOG_DRIVERS: Final = ("awslogs", "splunk", "awsfirelens")
CAPABILITIES: Final = ("SYS_PTRACE",)
#: Sizes of Windows containers on Fargate.
WINDOWS_CPU: Final = (1024, 2048, 4096)
LONGEST_TIMEOUT: Final = 120
#: Members of a container, and of its Linux parameters, that Fargate does not support.
CONTAINER: Final = {
    "dockerSecurityOptions": "Docker security options",
}
LINUX_PARAMETERS: Final = {
    "devices": "devices of the host",
    "maxSwap": "swap",
    "sharedMemorySize": "a shared memory size",
    "swappiness": "swappiness",
}
VOLUMES: Final = {
    "dockerVolumeConfiguration": "Docker volumes",
    "fsxWindowsFileServerVolumeConfiguration": "FSx for Windows File Server",
}
REMOVE: Final = "Remove it, or do not require the compatibility FARGATE."


def only_on_fargate(check: Check) -> Check:
    """Return a check that runs on definitions for Fargate only."""
    return lambda definition: check(definition) if on(definition, FARGATE) else ()


def network(definition: Part) -> Iterator[Violation]:
    if network_mode(definition) != "awsvpc":
        how = "Choose awsvpc."
        yield Violation(definition.at("networkMode"), "Fargate requires the network mode awsvpc", "", how)


def sizes(definition: Part) -> Iterator[Violation]:
    cpu, memory = cpu_units(definition.get("cpu") or "0"), memory_mib(definition.get("memory") or "0")
    if cpu not in FARGATE_MEMORY:
        known = ", ".join(f"{size} ({in_words(size)})" for size in FARGATE_MEMORY)
        yield Violation(definition.at("cpu"), f"Fargate supports these CPU sizes: {known}", "", "Choose one.")
    elif windows(definition) and cpu not in WINDOWS_CPU:
        how = f"Choose one of {listed(WINDOWS_CPU)} CPU units."
        yield Violation(definition.at("cpu"), f"Windows tasks on Fargate cannot have {in_words(cpu)}", "", how)
    elif memory not in (offered := fargate_memory_choices(cpu)):
        steps = f"in steps of {offered[1] - offered[0]}" if cpu > 256 else "512, 1024 or 2048"
        what = f"With {in_words(cpu)} Fargate offers {offered[0]} to {offered[-1]} MiB, {steps}"
        yield Violation(definition.at("memory"), what, "", "Choose another memory size.")


def namespaces(definition: Part) -> Iterator[Violation]:
    if definition.get("ipcMode"):
        yield Violation(definition.at("ipcMode"), "Fargate does not support an IPC mode", "", REMOVE)
    if definition.get("pidMode") == "host":
        yield Violation(
            definition.at("pidMode"),
            "Fargate does not support the PID mode host",
            "A task cannot see the processes of the host.",
            "Choose task, or remove it.",
        )


def placement(definition: Part) -> Iterator[Violation]:
    if definition.get("placementConstraints"):
        yield Violation(
            definition.at("placementConstraints"), "Fargate does not support placement constraints", "", REMOVE
        )


def platform(definition: Part) -> Iterator[Violation]:
    runtime = definition.part("runtimePlatform")
    if windows(definition) and runtime.get("cpuArchitecture") == "ARM64":
        how = "Choose X86_64."
        yield Violation(runtime.at("cpuArchitecture"), "Windows runs on the architecture X86_64 only", "", how)


def accelerators(definition: Part) -> Iterator[Violation]:
    if definition.get("inferenceAccelerators"):
        yield Violation(
            definition.at("inferenceAccelerators"), "Fargate does not support inference accelerators", "", REMOVE
        )


def volumes(definition: Part) -> Iterator[Violation]:
    for volume in definition.parts("volumes"):
        yield from unsupported(volume, VOLUMES)
        if volume.part("host").get("sourcePath"):
            yield Violation(
                volume.at("host", "sourcePath"),
                "Fargate does not support host volumes",
                f"The volume {name_of(volume)} must be empty or on EFS.",
                "Remove the path, or use an EFS file system.",
            )


def unsupported(part: Part, members: Mapping[str, str]) -> Iterator[Violation]:
    for member, words in members.items():
        if part.has(member) and part.get(member) not in (False, [], ""):
            yield Violation(part.at(member), f"Fargate does not support {words}", "", REMOVE)


def containers(definition: Part, container: Part) -> Iterator[Violation]:
    yield from unsupported(container, CONTAINER)
    if container.get("privileged"):
        yield Violation(container.at("privileged"), "Fargate does not support privileged containers", "", REMOVE)


def linux_parameters(definition: Part, container: Part) -> Iterator[Violation]:
    parameters = container.part("linuxParameters")
    yield from unsupported(parameters, LINUX_PARAMETERS)
    capabilities = parameters.part("capabilities")
    for place, name in capabilities.entries("add"):
        if name not in CAPABILITIES:
            what = f"Fargate does not support the added capability {name[:60]}"
            yield Violation(place, what, "", f"Remove it: only {listed(CAPABILITIES)} can be added.")


def timeouts(definition: Part, container: Part) -> Iterator[Violation]:
    for member in ("startTimeout", "stopTimeout"):
        yield from outside(container, member, 2, LONGEST_TIMEOUT, "seconds on Fargate")


def resources(definition: Part, container: Part) -> Iterator[Violation]:
    for each in container.parts("resourceRequirements"):
        what = f"Fargate does not support {name_of(each, 'type')} resources"
        yield Violation(each.pointer, what, "", REMOVE)


def logs(definition: Part, container: Part) -> Iterator[Violation]:
    configuration = container.part("logConfiguration")
    driver = configuration.get("logDriver")
    if driver and driver not in LOG_DRIVERS:
        how = f"Choose one of {listed(LOG_DRIVERS)}."
        place = configuration.at("logDriver")
        yield Violation(place, f"Fargate does not support the log driver {driver[:60]}", "", how)
    elif driver == "awslogs" and not configuration.part("options").get(PREFIX):
        what = "On Fargate, the log driver awslogs requires a stream prefix"
        yield Violation(configuration.at("options", PREFIX), what, "", "Enter one, such as ecs.")


def execution_role(definition: Part) -> Iterator[Violation]:
    if definition.get("executionRoleArn"):
        return
    containers = definition.parts("containerDefinitions")
    needs = {
        "logs": [each.part("logConfiguration").get("logDriver") == "awslogs" for each in containers],
        "images from ECR": [".dkr.ecr." in each.get("image", "") for each in containers],
    }
    if found := [what for what, present in needs.items() if any(present)]:
        what = f"On Fargate, {' and '.join(found)} require an execution role"
        yield Violation(definition.at("executionRoleArn"), what, "", "Choose one.")


def ulimits(definition: Part, container: Part) -> Iterator[Violation]:
    for each in container.parts("ulimits"):
        if each.get("name") != "nofile":
            what = f"Fargate sets the limit {name_of(each)} by itself"
            yield Violation(each.pointer, what, "Only nofile can be changed.", "Remove it.")
