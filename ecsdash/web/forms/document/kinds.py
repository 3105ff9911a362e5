"""Kinds of form fields: conversion between a value of a document and the text that a browser shows and posts.

`read` converts what was typed. Text that a kind cannot convert becomes the value as typed: the validation of the
document refuses it at its place, so nothing vanishes. `problem` says in words what such a value should be.
"""

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ecsdash.masking import is_fingerprint
from ecsdash.web.forms.document.pointers import MISSING

LINE_END: Final = re.compile(r"\r\n?")
WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,15}\Z")
DECIMAL: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?\Z")
SIZE: Final = re.compile(r"(\d{1,7}(?:\.\d{1,4})?|\.\d{1,4})\s*([A-Za-z]{0,5})\Z")


def normal(text: str) -> str:
    """Return text with the line ends of a document; browsers post others."""
    return LINE_END.sub("\n", text)


def with_line_ends(text: str, before: Any) -> str:
    """Return text with the line ends that the value before it had, if these were all of one other kind."""
    if not isinstance(before, str) or "\r" not in before:
        return text
    if "\n" not in before.replace("\r\n", ""):
        return text.replace("\n", "\r\n" if "\r\n" in before else "\r")
    return text


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class Kind:
    """Text of one line or more."""

    widget = "text"
    #: The value of an emptied field; without it, the member is removed.
    emptied: Any = MISSING

    def shown(self, value: Any) -> str:
        """Return the text that shows a value, one of another type as JSON."""
        if value is MISSING or value is None:
            return ""
        return value if isinstance(value, str) else as_json(value)

    def read(self, text: str, before: Any) -> Any:
        """Return the value of text that was typed; MISSING removes the member."""
        if not text:
            return self.emptied
        return with_line_ends(text, before)

    def problem(self, value: Any) -> str:
        """Return what is wrong with the type of a value; empty if it is right, or if AWS's model says it as well."""
        return ""


@dataclass(frozen=True)
class Text(Kind):
    long: bool = False


@dataclass(frozen=True)
class Integer(Kind):
    """A whole number. `units` are suffixes that multiply it: `0.5 vCPU`."""

    units: tuple[tuple[str, int], ...] = ()
    hint: str = "Enter a whole number."

    def read(self, text: str, before: Any) -> Any:
        plain = text.strip()
        if not plain:
            return self.emptied
        if WHOLE_NUMBER.match(plain):
            return int(plain)
        match = SIZE.match(plain)
        factor = dict(self.units).get(match[2].lower()) if match else None
        size = float(match[1]) * factor if match and factor else 0.5
        return int(size) if size.is_integer() else text

    def problem(self, value: Any) -> str:
        return f"“{value}” is not a whole number. {self.hint}" if isinstance(value, str) else ""


@dataclass(frozen=True)
class Number(Kind):
    """A number that may have decimals: `5`, `2.5`."""

    def read(self, text: str, before: Any) -> Any:
        plain = text.strip()
        if not plain:
            return self.emptied
        if not DECIMAL.match(plain):
            return text
        return float(plain) if "." in plain else int(plain)

    def problem(self, value: Any) -> str:
        return f"“{value}” is not a number. Enter 5, or 2.5." if isinstance(value, str) else ""


CPU: Final = Integer(
    units=(("unit", 1), ("units", 1), ("vcpu", 1024), ("vcpus", 1024)), hint="Enter CPU units, or 0.5 vCPU."
)
MEMORY: Final = Integer(units=(("mib", 1), ("mb", 1), ("gib", 1024), ("gb", 1024)), hint="Enter MiB, or 2 GB.")


@dataclass(frozen=True)
class Boolean(Kind):
    """True, false, or not set."""

    widget = "choice"
    unset: str = "Not set"
    yes: str = "Yes"
    no: str = "No"

    @property
    def options(self) -> Sequence[tuple[str, str]]:
        return [("", self.unset), ("true", self.yes), ("false", self.no)]

    def read(self, text: str, before: Any) -> Any:
        if text == self.shown(before):
            return before
        return {"": self.emptied, "true": True, "false": False}.get(text, text)


@dataclass(frozen=True)
class Choice(Kind):
    """One of several texts. A value that is not among them is shown as it is."""

    widget = "choice"
    choices: tuple[tuple[str, str], ...] = ()
    unset: str = "Not set"

    @property
    def options(self) -> Sequence[tuple[str, str]]:
        return [("", self.unset), *self.choices]

    def read(self, text: str, before: Any) -> Any:
        return before if text == self.shown(before) else super().read(text, before)


@dataclass(frozen=True)
class Choices(Kind):
    """Several texts of a list: check boxes. The order of those that stay is kept."""

    widget = "choices"
    choices: tuple[tuple[str, str], ...] = ()

    def read_all(self, texts: Sequence[str], before: Any) -> Any:
        """Return the list with the checked values; what has no box (an empty text) stays."""
        chosen = {text for text in texts if text}
        known = before if isinstance(before, list) else []
        shown = [self.shown(value) for value in known]
        if chosen == {text for text in shown if text}:
            return before
        kept = [value for value, text in zip(known, shown, strict=True) if not text or text in chosen]
        return [*kept, *(text for text in texts if text and text not in shown)] or self.emptied


@dataclass(frozen=True)
class Words(Kind):
    """A command: a list of words, shown in shell syntax, or as a JSON list where shell syntax is not exact."""

    widget = "long"

    def shown(self, value: Any) -> str:
        if not _is_words(value) or any("\r" in word for word in value):
            return super().shown(value)
        if not value:
            return ""
        if len(value) == 1 and is_fingerprint(value[0]):
            return str(value[0])
        text = shlex.join(value)
        return as_json(value) if text.startswith("[") else text

    def read(self, text: str, before: Any) -> Any:
        plain = text.strip()
        if not plain:
            return self.emptied
        if is_fingerprint(plain):
            return [plain]
        if plain.startswith("["):
            words = _json_list(plain)
            return text if words is None else words
        try:
            return shlex.split(plain)
        except ValueError:
            return text

    def problem(self, value: Any) -> str:
        if not isinstance(value, str):
            return ""
        if value.strip().startswith("["):
            return 'This is not a JSON list of texts. Enter ["sh", "-c", "..."].'
        return "A quotation mark is not closed. Close it, or enter a JSON list."


@dataclass(frozen=True)
class ShellCommand(Words):
    """The command of a health check: text for the shell (CMD-SHELL), or a JSON list of words."""

    def shown(self, value: Any) -> str:
        if _is_words(value) and len(value) == 2 and value[0] == "CMD-SHELL" and _is_plain(value[1]):
            return str(value[1])
        if _is_words(value) and len(value) == 1 and is_fingerprint(value[0]):
            return str(value[0])
        return "" if value == [] else Kind.shown(self, value)

    def read(self, text: str, before: Any) -> Any:
        if not text.strip():
            return self.emptied
        if is_fingerprint(text):
            return [text]
        if text.lstrip().startswith('["') or text.strip() == "[]":
            words = _json_list(text)
            return text if words is None else words
        return ["CMD-SHELL", text]


@dataclass(frozen=True)
class Lines(Kind):
    """A list of texts or whole numbers, one in each line; a JSON list where lines are not exact."""

    widget = "long"
    numbers: bool = False

    def shown(self, value: Any) -> str:
        if not isinstance(value, list):
            return super().shown(value)
        wanted = int if self.numbers else str
        exact = all(type(each) is wanted and _is_line(each) for each in value)
        return "\n".join(map(str, value)) if exact else as_json(value)

    def read(self, text: str, before: Any) -> Any:
        if text.strip().startswith("[") and (words := _json_list(text, of_texts=False)) is not None:
            return words
        lines = [line for line in text.split("\n") if line.strip()]
        found = [int(line) if self.numbers and WHOLE_NUMBER.match(line.strip()) else line for line in lines]
        return found or self.emptied


def _json_list(text: str, *, of_texts: bool = True) -> list[Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or (of_texts and not _is_words(found)):
        return None
    return found


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _is_plain(text: str) -> bool:
    """Return whether a field shows the text of a shell command as it is and reads it back."""
    return bool(text.strip()) and not text.lstrip().startswith("[") and "\r" not in text and not is_fingerprint(text)


def _is_line(value: Any) -> bool:
    text = str(value)
    return bool(text.strip()) and not text.startswith("[") and not set(text) & {"\n", "\r"}
