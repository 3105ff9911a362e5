"""Differences between two revisions, with list entries matched by name instead of position."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.masking import is_fingerprint, mask
from ecsdash.operations.plan import Change

#: Lists with named entries, and the keys that form the name.
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
#: Keys of a description that ECS sets and RegisterTaskDefinition does not accept.
SET_BY_ECS = frozenset(
    {
        "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt",
        "registeredBy", "deregisteredAt", "deleteRequestedAt",
    }
)  # fmt: skip


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return every changed leaf with hidden values as fingerprints, in the order of `after`; removed leaves last."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    shown_old, shown_new = dict(_leaves(mask(before))), dict(_leaves(mask(after)))
    paths = [*new, *(path for path in old if path not in new)]
    changed = [path for path in paths if old.get(path) != new.get(path)]
    found = [{"path": path, "before": shown_old.get(path), "after": shown_new.get(path)} for path in changed]
    return tuple(Change(**each) for each in mask(found))


def _leaves(definition: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in definition.items():
        if key not in SET_BY_ECS:
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
    """Return a list as text; a command as JSON, because its words may contain commas."""
    if len(value) == 1 and is_fingerprint(value[0]):
        return str(value[0])
    if key in COMMANDS or any(isinstance(each, dict | list) for each in value):
        return json.dumps(value, ensure_ascii=False)
    return ", ".join(map(str, value))


def _entry(path: str, entry: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the leaves of a named entry: a name and value pair is one leaf, a bare name is "set"."""
    rest = {key: value for key, value in entry.items() if key not in names}
    if set(rest) <= {"value", "valueFrom"}:
        yield path, next(iter(rest.values()), "set")
    else:
        yield from _walk(path, rest, "")


def _name(entry: Mapping[str, Any], key: str) -> str:
    known = {"protocol": "tcp", **entry} if key == "portMappings" else entry
    return "/".join(str(known[member]) for member in NAMED_BY[key] if known.get(member) not in (None, ""))
