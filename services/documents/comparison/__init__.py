"""Comparison of two documents: entries of lists are matched by their names, hidden values are fingerprints."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.masking import is_fingerprint, mask
from ecsdash.operations.plan import Change
from services.documents.comparison.names import NAMED_BY, UNORDERED, entry_names
from services.documents.described import SET_BY_ECS

__all__ = ["NAMED_BY", "changes"]
COMMANDS = ("command", "entryPoint")
#: Members with a shorter name in paths.
SHORT = {"containerDefinitions": "containers"}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return every changed leaf with hidden values as fingerprints, in the order of `after`; removed leaves last."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    shown_old, shown_new = dict(_leaves(mask(before))), dict(_leaves(mask(after)))
    paths = [*new, *(path for path in old if path not in new)]
    changed = [path for path in paths if old.get(path) != new.get(path)]
    found = [{"path": path, "before": shown_old.get(path), "after": shown_new.get(path)} for path in changed]
    return tuple(Change(**each) for each in mask(found))


def _leaves(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if key not in SET_BY_ECS:
            yield from _walk(SHORT.get(key, key), value, key)


def _walk(path: str, value: Any, key: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _walk(f"{path}.{name}", member, name)
    elif isinstance(value, list) and value and key in NAMED_BY and all(isinstance(each, Mapping) for each in value):
        for name, entry in zip(entry_names(value, key), value, strict=True):
            yield from _entry(f"{path}.{name}", entry, NAMED_BY[key])
    elif value not in (None, [], {}, ""):
        yield path, _list_text(value, key) if isinstance(value, list) else value


def _list_text(value: list[Any], key: str) -> str:
    """Return a list as text; a command as JSON, because its words may contain commas."""
    if len(value) == 1 and is_fingerprint(value[0]):
        return str(value[0])
    if key in COMMANDS or any(isinstance(each, dict | list) for each in value):
        return json.dumps(value, ensure_ascii=False)
    return ", ".join(sorted(map(str, value)) if key in UNORDERED else map(str, value))


def _entry(path: str, entry: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the leaves of a named entry: a name and value pair is one leaf, a bare name is "set"."""
    rest = {key: value for key, value in entry.items() if key not in names}
    if set(rest) <= {"value", "valueFrom"}:
        yield path, next(iter(rest.values()), "set")
    else:
        yield from _walk(path, rest, "")
