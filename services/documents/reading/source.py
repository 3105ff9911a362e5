"""From a text to its value: JSON or YAML, also after a byte-order mark, a shell prompt or a command."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from ecsdash.web import parsing
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.documents import yaml_text
from services.documents.reading import templates
from services.documents.readings import Unreadable

MOST_CHARACTERS: Final = 300_000
BYTE_ORDER_MARK: Final = "\ufeff"
#: Where JSON can begin after a prompt or a command: at the start of a line, or quoted as an option of a command.
BEGINS: Final = re.compile(r"(?:^[ \t]*|')(?=[{\[])", re.MULTILINE)
MOST_BEGINNINGS: Final = 20
NO_JSON: Final = "No JSON and no YAML was found in the text."
SUPPORTED: Final = (
    "Paste a task definition or service as JSON, the output of describe-task-definition or describe-services, a "
    "CloudFormation template, a Compose file, or a file of ecspresso."
)


@dataclass(frozen=True)
class Source:
    value: Any
    notes: tuple[Finding, ...] = ()


def parse(text: str) -> Source:
    """Return the value of the text. Raise Unreadable."""
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(f"The text is longer than {MOST_CHARACTERS:,} characters.", how="Paste only what is needed.")
    text = text.removeprefix(BYTE_ORDER_MARK).strip()
    if not text:
        raise Unreadable("The text is empty.", how=SUPPORTED)
    if text[0] in "{[":
        return _json(text)
    try:
        value = yaml_text.load(text)
    except yaml_text.InvalidYaml as error:
        return _after_prompt(text, str(error))
    return Source(value) if isinstance(value, dict | list) else _after_prompt(text, NO_JSON)


def _json(text: str) -> Source:
    try:
        return _with_rest(text)
    except ValueError as error:
        again = templates.quoted(text)
        if again == text:
            raise _unreadable(error) from error
    try:
        return _with_rest(again)
    except ValueError as error:
        raise _unreadable(error) from error


def _after_prompt(text: str, problem: str) -> Source:
    """Return the JSON that begins after other text. Raise Unreadable with the problem if there is none."""
    for match in list(BEGINS.finditer(text))[:MOST_BEGINNINGS]:
        try:
            found = _with_rest(text[match.end() :])
        except _DoubledKey as error:
            raise _unreadable(error) from error
        except ValueError:
            continue
        before = Finding("", FindingLevel.WARN, "The text before the JSON was left out.", text[: match.end()][:200])
        return Source(found.value, (before, *found.notes))
    raise Unreadable(problem, how=SUPPORTED)


def _with_rest(text: str) -> Source:
    """Return the value and a note on what follows it. Raise ValueError."""
    try:
        _, end = json.JSONDecoder(object_pairs_hook=_without_doubles).raw_decode(text)
    except RecursionError as error:
        raise ValueError("The JSON is nested too deeply.") from error
    value, rest = parsing.json_value(text[:end]), text[end:].strip().strip("'")
    if any(each in rest for each in "{["):
        raise json.JSONDecodeError("More JSON follows", text, end)
    if not rest:
        return Source(value)
    return Source(value, (Finding("", FindingLevel.WARN, "The text after the JSON was left out.", rest[:200]),))


class _DoubledKey(ValueError):
    """An object has a key twice: one of the values would be lost."""


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise _DoubledKey(f"“{twice}” is given twice in the same object.")
    return found


def _unreadable(error: ValueError) -> Unreadable:
    if isinstance(error, _DoubledKey):
        return Unreadable(str(error), "JSON keeps only the last value of a doubled key.", "Remove one of them.")
    if isinstance(error, json.JSONDecodeError):
        return Unreadable(f"Line {error.lineno}, column {error.colno}: {error.msg.lower()}.", how=SUPPORTED)
    return Unreadable(str(error), how=SUPPORTED)
