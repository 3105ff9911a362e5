"""What differs between two revisions, told by names rather than by positions in lists."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.masking import mask
from ecsdash.operations.plan import Change

#: Lists whose entries have a name of their own, and the members that make it.
NAMED_BY: dict[str, tuple[str, ...]] = {
    "containerDefinitions": ("name",),
    "environment": ("name",),
    "secrets": ("name",),
    "volumes": ("name",),
    "ulimits": ("name",),
    "systemControls": ("namespace",),
    "portMappings": ("containerPort", "containerPortRange", "protocol"),
    "mountPoints": ("containerPath",),
    "dependsOn": ("containerName",),
    "environmentFiles": ("value",),
    "extraHosts": ("hostname",),
    "tags": ("key",),
}
COMMANDS = ("command", "entryPoint")
#: What ECS says of a revision rather than what somebody wrote into it.
SAID_BY_ECS = frozenset(
    {
        "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt",
        "registeredBy", "deregisteredAt", "deleteRequestedAt",
    }
)  # fmt: skip


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Every leaf that differs, secrets masked, in the order of `after`, what was removed at the end."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    paths = [*new, *(path for path in old if path not in new)]
    found = [{"path": p, "before": old.get(p), "after": new.get(p)} for p in paths if old.get(p) != new.get(p)]
    return tuple(Change(**each) for each in mask(found))


def _leaves(definition: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in definition.items():
        if key not in SAID_BY_ECS:
            yield from _walk("containers" if key == "containerDefinitions" else key, value, key)


def _walk(path: str, value: Any, key: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _walk(f"{path}.{name}", member, name)
    elif key in NAMED_BY and isinstance(value, list):
        for entry in value:
            yield from _entry(f"{path}.{_name(entry, key)}", entry, NAMED_BY[key])
    elif value not in (None, [], {}, ""):
        yield path, _list_text(value, key) if isinstance(value, list) else value


def _list_text(value: list[Any], key: str) -> str:
    """The words of a command as JSON, because a comma may be part of one."""
    if key in COMMANDS or any(isinstance(each, dict | list) for each in value):
        return json.dumps(value, ensure_ascii=False)
    return ", ".join(map(str, value))


def _entry(path: str, entry: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """A pair of name and value is one leaf; one without anything but its name says that it is there."""
    rest = {key: value for key, value in entry.items() if key not in names}
    if set(rest) <= {"value", "valueFrom"}:
        yield path, next(iter(rest.values()), "set")
    else:
        yield from _walk(path, rest, "")


def _name(entry: Mapping[str, Any], key: str) -> str:
    known = {"protocol": "tcp", **entry} if key == "portMappings" else entry
    return "/".join(str(known[member]) for member in NAMED_BY[key] if known.get(member) not in (None, ""))
