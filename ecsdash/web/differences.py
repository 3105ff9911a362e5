"""What differs between two values as rows of words: nested values become one row for each path that differs."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
#: Members that name an entry of a list, the first that all entries have.
NAMES = ("name", "Name", "key", "Key", "capacityProvider", "containerName", "logicalName")
#: Members whose own members are named by people, so their names stay as they are.
OPEN = frozenset({"tags", "options", "environment", "dockerLabels", "labels", "driverOpts"})
ACRONYMS = {word.lower(): word for word in ("ARN", "CPU", "EFS", "GPU", "ID", "IP", "KMS", "VPC")}
SEPARATOR = " › "
EMPTY: tuple[Any, ...] = (None, "", [], {}, ())


@dataclass(frozen=True)
class Difference:
    path: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


def differences(path: str, before: Any, after: Any) -> list[Difference]:
    """At least one row: what is masked on both sides may differ all the same."""
    label = _label(path)
    found = [Difference(where, as_text(old), as_text(new)) for where, old, new in _walk(label, before, after, path)]
    return found or [Difference(label, as_text(before), as_text(after))]


def _walk(label: str, before: Any, after: Any, key: str) -> Iterator[tuple[str, Any, Any]]:
    old, new = _members(before), _members(after)
    if old is None or new is None:
        if before != after:
            yield label, before, after
        return
    names = list(dict.fromkeys([*new, *old]))
    listed = isinstance(before, list | tuple) or isinstance(after, list | tuple)
    for name in names:
        if len(names) == 1 and not listed and key not in OPEN and SEPARATOR not in label:
            where = label  # a wrapper of one member (networkConfiguration) needs no row of its own
        else:
            where = label + SEPARATOR + (name if listed or key in OPEN else _label(name))
        yield from _walk(where, old.get(name), new.get(name), name)


def _members(value: Any) -> dict[str, Any] | None:
    """A nested value by name; None for what is shown as one text."""
    if value in EMPTY:
        return {}
    if isinstance(value, Mapping):
        return {str(name): member for name, member in value.items()}
    if isinstance(value, list | tuple) and all(isinstance(entry, Mapping) for entry in value):
        return dict(_entries(value))
    return None


def _entries(value: list[Mapping[str, Any]] | tuple[Mapping[str, Any], ...]) -> Iterator[tuple[str, Any]]:
    """By their own names where each has one of its own, by their numbers where not."""
    own = next((name for name in NAMES if len(_texts(value, name)) == len(value)), None)
    for number, entry in enumerate(value, 1):
        rest = {name: member for name, member in entry.items() if name != own}
        label = str(entry[own]) if own else str(number)
        if any(_members(member) for member in rest.values()):
            yield label, rest
        else:
            yield label, rest["value"] if set(rest) == {"value"} else _sentence(rest) or "set"


def _texts(entries: Iterable[Mapping[str, Any]], name: str) -> set[str]:
    return {entry[name] for entry in entries if isinstance(entry.get(name), str)}


def _sentence(members: Mapping[str, Any]) -> str:
    return ", ".join(f"{_label(name)} {as_text(member)}" for name, member in members.items() if member not in EMPTY)


def as_text(value: Any) -> str:
    """A value as people write it, never as Python does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return _sentence(value)
    if isinstance(value, list | tuple):
        nested = bool(value) and all(isinstance(entry, Mapping) for entry in value)
        entries = (f"{name} {as_text(rest)}" for name, rest in _entries(value)) if nested else map(as_text, value)
        return ("; " if nested else ", ").join(entries)
    return str(value)


def _label(name: str) -> str:
    """A member of the AWS API as words (`desiredCount`: desired count); other names stay."""
    if not name.isalnum() or not name.isascii() or not name[:1].isalpha() or name.isupper():
        return name
    return " ".join(ACRONYMS.get(word.lower(), word if word.isupper() else word.lower()) for word in CAMEL.split(name))
