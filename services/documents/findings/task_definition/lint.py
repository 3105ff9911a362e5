"""Advice: what ECS takes, and what often goes wrong later."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ecsdash.masking import is_switch, names_secret, pointer
from ecsdash.web.forms.document.placeholders import placeholder_in
from services.documents.findings.parts import Part, Violation, listed, name_of

#: Members whose texts are commands: `${VAR}` in them belongs to the shell.
COMMANDS: Final = ("command", "entryPoint")
#: Members whose values are hidden from some readers: nothing of them is quoted.
HIDDEN: Final = frozenset({"environment", "dockerLabels", "labels", "driverOpts", "options", *COMMANDS})
#: Linux capabilities that Docker knows (API reference, KernelCapabilities).
CAPABILITIES: Final = frozenset({
    "ALL", "AUDIT_CONTROL", "AUDIT_WRITE", "BLOCK_SUSPEND", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER",
    "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD",
    "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_ADMIN",
    "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE",
    "SYS_TIME", "SYS_TTY_CONFIG", "SYSLOG", "WAKE_ALARM",
})  # fmt: skip


def placeholders(document: Part) -> Iterator[Violation]:
    """Find placeholders in every text."""
    for place, text, command in _texts(document.members, document.pointer, command=False):
        if found := placeholder_in(text, command=command):
            what = "A placeholder is left" if HIDDEN & set(place.split("/")) else f"The placeholder {found} is left"
            yield Violation(place, what, "ECS uses it as it is.", "Enter the value.")


def _texts(value: Any, place: str, *, command: bool) -> Iterator[tuple[str, str, bool]]:
    if isinstance(value, str):
        yield place, value, command
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, place + pointer(name), command=name in COMMANDS)
    elif isinstance(value, Sequence):
        for number, each in enumerate(value):
            yield from _texts(each, f"{place}/{number}", command=command)


def unpinned_image(definition: Part, container: Part) -> Iterator[Violation]:
    image = container.get("image", "")
    tag = image.rpartition("/")[2].partition(":")[2]
    if image and "@" not in image and tag in ("", "latest"):
        yield Violation(
            container.at("image"),
            f"The image of {name_of(container)} is not pinned",
            f"{image[:300]} is resolved when a task starts: tasks of one service may run different images.",
            "Use an immutable tag, or a digest.",
        )


def plain_secrets(definition: Part, container: Part) -> Iterator[Violation]:
    for each in container.parts("environment"):
        value = each.get("value", "")
        if names_secret(each.get("name", "")) and not is_switch(value) and not placeholder_in(value):
            yield Violation(
                each.at("value"),
                f"{name_of(each)} of {name_of(container)} looks like a secret in plain text",
                "Every user who can describe the task definition can read it.",
                "Store it in Secrets Manager or SSM, and set the variable to Secret or parameter.",
            )


def repeated_variables(definition: Part, container: Part) -> Iterator[Violation]:
    counts = Counter(each.get("name") for each in container.parts("environment"))
    last = {each.get("name"): each for each in container.parts("environment")}
    for name, count in counts.items():
        if name and count > 1:
            what = f"{name_of(last[name])} is set {count} times"
            yield Violation(last[name].at("name"), what, "The container sees one of the values.", "Keep one.")


def no_health_check(definition: Part, container: Part) -> Iterator[Violation]:
    if container.get("essential", True) and not container.get("healthCheck"):
        yield Violation(
            container.at("healthCheck"),
            f"{name_of(container)} has no health check",
            "ECS sees only that the process runs. A check in the image does not count, one of a load balancer does.",
            "Add a health check unless a load balancer checks the container.",
        )


def no_log_configuration(definition: Part, container: Part) -> Iterator[Violation]:
    if not container.get("logConfiguration"):
        what, why = f"{name_of(container)} has no log configuration", "Its output is lost with the task."
        yield Violation(container.at("logConfiguration"), what, why, "Choose CloudWatch Logs.")


def protocols(definition: Part, container: Part) -> Iterator[Violation]:
    for each in container.parts("portMappings"):
        if each.get("appProtocol") and not each.get("name"):
            how = "Give the port a name, or remove the application protocol."
            what, why = "The application protocol has no effect", "Service Connect uses named ports only."
            yield Violation(each.at("appProtocol"), what, why, how)


def capabilities(definition: Part, container: Part) -> Iterator[Violation]:
    part = container.part("linuxParameters").part("capabilities")
    for member in ("add", "drop"):
        for place, name in part.entries(member):
            if name not in CAPABILITIES:
                plain = name.upper().removeprefix("CAP_")
                how = f"Write {plain}." if plain in CAPABILITIES else "Remove it, or check its spelling."
                yield Violation(place, f"ECS does not list the capability {name[:60]}", "", how)


def environment_files_role(definition: Part) -> Iterator[Violation]:
    users = [each for each in definition.parts("containerDefinitions") if each.get("environmentFiles")]
    if users and not definition.get("executionRoleArn"):
        yield Violation(
            definition.at("executionRoleArn"),
            "Environment files are read with the execution role, and there is none",
            f"They are used by {listed([name_of(each) for each in users])}.",
            "Choose an execution role that may read the files.",
        )


def inference_accelerators(definition: Part) -> Iterator[Violation]:
    what = "Elastic Inference is no longer available"
    if definition.get("inferenceAccelerators"):
        yield Violation(definition.at("inferenceAccelerators"), what, "", "Remove it.")
    for container in definition.parts("containerDefinitions"):
        for each in container.parts("resourceRequirements"):
            if each.get("type") == "InferenceAccelerator":
                yield Violation(each.pointer, what, "", "Remove it.")
