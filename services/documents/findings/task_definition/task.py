"""Rules about the task as a whole: family, sizes, roles, placement, platform."""

import re
from collections.abc import Iterator
from typing import Final

from ecsdash.aws.limits import CONTAINERS_OF_TASK_DEFINITION
from services.documents.findings.parts import Part, Violation, listed, name_of, outside
from services.documents.findings.references import is_role
from services.documents.findings.sizes import cpu_units, memory_mib

NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")
NAME_HOW: Final = "Use up to 255 letters, digits, hyphens and underscores."
#: CPU units that a task may have outside of Fargate (API reference, RegisterTaskDefinition).
LEAST_CPU, MOST_CPU = 128, 196_608
MOST_CONSTRAINTS: Final = 10
PROXY_PROPERTIES: Final = ("ProxyIngressPort", "ProxyEgressPort", "AppPorts")
FARGATE: Final = "FARGATE"


def on(definition: Part, compatibility: str) -> bool:
    """Return whether ECS validates the definition for this launch type."""
    return compatibility in definition.get("requiresCompatibilities", ())


def network_mode(definition: Part) -> str:
    return str(definition.get("networkMode") or "bridge")


def windows(definition: Part) -> bool:
    return str(definition.part("runtimePlatform").get("operatingSystemFamily", "")).startswith("WINDOWS")


def family(definition: Part) -> Iterator[Violation]:
    name = definition.get("family", "")
    if name == "":
        yield Violation(definition.at("family"), "family is missing", "ECS requires it here.", "Enter it.")
    elif not NAME.fullmatch(name):
        yield Violation(definition.at("family"), "The family has characters that ECS does not take", "", NAME_HOW)


def containers_present(definition: Part) -> Iterator[Violation]:
    containers = definition.parts("containerDefinitions")
    place = definition.at("containerDefinitions")
    if not containers:
        yield Violation(place, "A task definition needs at least one container", "", "Add one.")
    elif len(containers) > CONTAINERS_OF_TASK_DEFINITION:
        yield Violation(
            place,
            "The containers are too many",
            f"ECS takes at most {CONTAINERS_OF_TASK_DEFINITION}.",
            "Move some to another task definition.",
        )
    elif not any(each.get("essential", True) for each in containers):
        yield Violation(
            containers[0].at("essential"),
            "At least one container must be essential",
            "The task stops when it stops.",
            "Make one container essential.",
        )


def sizes_readable(definition: Part) -> Iterator[Violation]:
    cpu, memory = definition.get("cpu"), definition.get("memory")
    if cpu and cpu_units(cpu) is None:
        how = "Enter CPU units such as 512, or vCPU such as 0.5 vCPU."
        yield Violation(definition.at("cpu"), "This is not a CPU size", "ECS would not take it.", how)
    if memory and memory_mib(memory) is None:
        how = "Enter MiB such as 1024, or GB such as 2 GB."
        yield Violation(definition.at("memory"), "This is not a memory size", "ECS would not take it.", how)


def cpu_in_range(definition: Part) -> Iterator[Violation]:
    units = cpu_units(definition.get("cpu") or "")
    if units is not None and not on(definition, FARGATE) and not LEAST_CPU <= units <= MOST_CPU:
        yield Violation(
            definition.at("cpu"),
            f"{units} CPU units are out of range",
            "",
            f"Enter {LEAST_CPU} (0.125 vCPU) to {MOST_CPU} (192 vCPU), or leave it empty.",
        )


def containers_fit(definition: Part) -> Iterator[Violation]:
    """Compare what the containers reserve with the size of the task."""
    containers = definition.parts("containerDefinitions")
    if windows(definition) or not containers:
        return
    limits = (
        ("cpu", cpu_units(definition.get("cpu") or ""), "CPU units", [each.get("cpu", 0) for each in containers]),
        ("memory", memory_mib(definition.get("memory") or ""), "MiB", [_reserved(each) for each in containers]),
    )
    for member, limit, unit, wanted in limits:
        if limit and sum(wanted) > limit:
            largest = containers[wanted.index(max(wanted))]
            reserves = "memoryReservation" if member == "memory" and largest.get("memoryReservation") else member
            yield Violation(
                largest.at(reserves),
                f"The containers require {sum(wanted)} {unit} in total, the task has {limit}",
                "",
                "Reduce a container, or enlarge the task.",
            )


def _reserved(container: Part) -> int:
    return int(container.get("memoryReservation") or container.get("memory") or 0)


def limits_fit(definition: Part) -> Iterator[Violation]:
    limit = memory_mib(definition.get("memory") or "")
    for container in definition.parts("containerDefinitions"):
        if limit and not windows(definition) and container.get("memory", 0) > limit and _reserved(container) <= limit:
            yield Violation(
                container.at("memory"),
                f"The memory limit of {name_of(container)} is greater than the {limit} MiB of the task",
                "",
                "Reduce it, or enlarge the task.",
            )


def roles(definition: Part) -> Iterator[Violation]:
    for member in ("taskRoleArn", "executionRoleArn"):
        role = definition.get(member)
        if role and not is_role(role):
            yield Violation(
                definition.at(member),
                "This is not the ARN of an IAM role",
                "ECS refuses malformed ARNs.",
                "Enter arn:aws:iam::<account>:role/<name>, or the name of a role of this account.",
            )


def placement_constraints(definition: Part) -> Iterator[Violation]:
    constraints = definition.parts("placementConstraints")
    if len(constraints) > MOST_CONSTRAINTS:
        yield Violation(
            definition.at("placementConstraints"),
            f"{len(constraints)} placement constraints are too many",
            f"ECS takes at most {MOST_CONSTRAINTS}, including those of the service.",
            "Combine some with “and”.",
        )
    for each in constraints:
        if not each.get("expression"):
            how = "Enter an expression such as attribute:ecs.instance-type =~ t3.*"
            yield Violation(each.at("expression"), "A memberOf constraint needs an expression", "", f"{how}.")


def ephemeral_storage(definition: Part) -> Iterator[Violation]:
    yield from outside(definition.part("ephemeralStorage"), "sizeInGiB", 21, 200, "GiB")


def ephemeral_storage_unused(definition: Part) -> Iterator[Violation]:
    if definition.has("ephemeralStorage") and not on(definition, FARGATE):
        yield Violation(
            definition.at("ephemeralStorage"),
            "Only Fargate has ephemeral storage of a chosen size",
            "The task definition does not require the compatibility FARGATE.",
            "Remove it, or require FARGATE.",
        )


def fault_injection(definition: Part) -> Iterator[Violation]:
    if definition.get("enableFaultInjection") and network_mode(definition) in ("bridge", "none"):
        yield Violation(
            definition.at("enableFaultInjection"),
            f"The network mode {network_mode(definition)} does not support fault injection",
            "",
            "Turn it off, or choose awsvpc or host.",
        )


def proxy(definition: Part) -> Iterator[Violation]:
    configuration = definition.part("proxyConfiguration")
    if not configuration.members:
        return
    if network_mode(definition) in ("bridge", "host", "none"):
        what = f"The network mode {network_mode(definition)} does not support an App Mesh proxy"
        yield Violation(configuration.pointer, what, "", "Remove it, or choose awsvpc.")
    given = {each.get("name") for each in configuration.parts("properties")}
    missing = [name for name in PROXY_PROPERTIES if name not in given]
    if not given & {"IgnoredUID", "IgnoredGID"}:
        missing.append("IgnoredUID or IgnoredGID")
    if missing:
        what = f"The App Mesh proxy needs the properties {listed(missing)}"
        yield Violation(configuration.at("properties"), what, "", "Add them.")
    names = [str(each.get("name")) for each in definition.parts("containerDefinitions")]
    if configuration.has("containerName") and configuration.get("containerName") not in names:
        yield Violation(
            configuration.at("containerName"),
            f"The container {name_of(configuration, 'containerName')} does not exist",
            "",
            f"Enter one of {listed(names)}.",
        )


def trusted_execution(definition: Part) -> Iterator[Violation]:
    if definition.has("trustedExecutionConfiguration") and not on(definition, "MANAGED_INSTANCES"):
        yield Violation(
            definition.at("trustedExecutionConfiguration"),
            "Trusted execution is supported on Managed Instances only",
            "",
            "Remove it, or require the compatibility MANAGED_INSTANCES.",
        )


def external(definition: Part) -> Iterator[Violation]:
    if not on(definition, "EXTERNAL"):
        return
    if network_mode(definition) == "awsvpc":
        what = "External instances do not support the network mode awsvpc"
        yield Violation(definition.at("networkMode"), what, "", "Choose bridge, host or none.")
    for volume in definition.parts("volumes"):
        if volume.has("efsVolumeConfiguration"):
            what, how = "External instances do not support EFS", "Remove the volume, or use a path of the host."
            yield Violation(volume.at("efsVolumeConfiguration"), what, "", how)


def managed_instances(definition: Part) -> Iterator[Violation]:
    if on(definition, "MANAGED_INSTANCES") and definition.get("networkMode") not in ("awsvpc", "host"):
        what = "Managed Instances need the network mode awsvpc or host"
        yield Violation(definition.at("networkMode"), what, "", "Choose one of them.")


def unsupported_on_windows(definition: Part) -> Iterator[Violation]:
    if not windows(definition):
        return
    places = [definition.at(member) for member in ("pidMode", "ipcMode") if definition.get(member)]
    for container in definition.parts("containerDefinitions"):
        places += [container.at(member) for member in LINUX_ONLY if container.get(member)]
    for place in places:
        member = place.rpartition("/")[2]
        yield Violation(place, f"Windows containers do not support {member}", "", "Remove it.")


LINUX_ONLY: Final = (
    "disableNetworking", "dnsSearchDomains", "dnsServers", "extraHosts", "linuxParameters", "links", "privileged",
    "readonlyRootFilesystem", "systemControls", "ulimits",
)  # fmt: skip
