"""Placeholders in documents: finding them, and writing values to exactly those places."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ecsdash.aws.shapes import Shape
from services.documents.kinds import Document
from services.documents.readings import Budget, Placeholder

MOST: Final = 200
#: `{{ must_env `X` }}`, `${X}`, `${X:-default}`, `<NAME>`, `XXXXXXXXXXXX`. Lengths are limited.
PATTERN: Final = re.compile(
    r"\{\{(?P<template>[^{}]{1,300})\}\}"
    r"|\$\{(?P<variable>[A-Za-z_][\w.:/ -]{0,120}?)(?::?-(?P<default>[^{}$]{0,200}))?\}"
    r"|<(?P<angle>[A-Za-z][\w.:/-]{0,80}(?: [\w.:/-]{1,40}){0,5})>"
    r"|(?<![A-Za-z0-9])(?P<crosses>X{4,64})(?![A-Za-z0-9])"
)
#: In commands, `<b>` is markup and `<in >out` shell: there only names in capitals are placeholders.
IN_COMMANDS: Final = re.compile(
    r"\{\{(?P<template>[^{}]{1,300})\}\}"
    r"|\$\{(?P<variable>[A-Za-z_][\w.:/ -]{0,120}?)(?::?-(?P<default>[^{}$]{0,200}))?\}"
    r"|<(?P<angle>[A-Z][A-Z0-9_-]{1,80})>"
)
COMMANDS: Final = ("command", "entryPoint")
WORDS: Final = re.compile(r"`([^`]*)`|\"([^\"]*)\"|(\S+)")
ENVIRONMENT: Final = ("env", "must_env")
NUMBER: Final = re.compile(r"-?[0-9]{1,18}\Z")
TRUTH: Final = {"true": True, "false": False}


def placeholders(documents: tuple[Document, ...]) -> tuple[Placeholder, ...]:
    """Return the placeholders of all documents, each name once, in the order of the documents."""
    found: dict[str, Placeholder] = {}
    for document in documents:
        for pattern, text in _texts(document.content):
            for match in pattern.finditer(text):
                each = _placeholder(match)
                found.setdefault(each.name, each)
                if len(found) >= MOST:
                    return tuple(found.values())
    return tuple(found.values())


def filled(document: Document, values: Mapping[str, str]) -> Document:
    """Return the document with values in the places of the placeholders that they name. Raise Unreadable."""
    if not any(values.values()):
        return document
    return Document(document.kind, _Filling(values).filled(document.content, document.kind.members, PATTERN))


def _texts(value: Any, pattern: re.Pattern[str] = PATTERN) -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield each text of a document and the pattern of placeholders that applies to it."""
    if isinstance(value, str):
        yield pattern, value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _texts(member, IN_COMMANDS if name in COMMANDS else pattern)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry, pattern)


class _Filling:
    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.budget = Budget()

    def filled(self, value: Any, member: Shape | None, pattern: re.Pattern[str]) -> Any:
        if isinstance(value, str):
            return _typed(value, pattern.sub(self._value, value), member)
        if isinstance(value, Mapping):
            return {
                name: self.filled(each, member and member.below(name), IN_COMMANDS if name in COMMANDS else pattern)
                for name, each in value.items()
            }
        if isinstance(value, list):
            return [self.filled(each, member and member.entry, pattern) for each in value]
        return value

    def _value(self, match: re.Match[str]) -> str:
        return self.budget.spend(self.values.get(_placeholder(match).name) or match[0])


def _typed(before: str, after: str, member: Shape | None) -> Any:
    """Return a number or boolean where the model has one and a placeholder was the whole text."""
    if before == after or member is None:
        return after
    if member.kind in ("integer", "long") and NUMBER.match(after):
        return int(after)
    if member.kind == "boolean":
        return TRUTH.get(after.lower(), after)
    return after


def _placeholder(match: re.Match[str]) -> Placeholder:
    groups = match.groupdict()
    if groups.get("template"):
        return _template(match[0], groups["template"].strip())
    name = groups.get("variable") or groups.get("angle") or groups.get("crosses") or match[0]
    return Placeholder(name.strip(), match[0], groups.get("default") or "")


def _template(written: str, call: str) -> Placeholder:
    """Return the placeholder of a template: the variable that it reads, else the whole call."""
    words = [next(filter(None, groups), "") for groups in WORDS.findall(call)]
    if words[:1] and words[0] in ENVIRONMENT and len(words) > 1:
        return Placeholder(words[1], written, words[2] if len(words) > 2 else "")
    return Placeholder(" ".join(words) or call or written, written)
