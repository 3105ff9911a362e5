"""From a text to its value: JSON or YAML, also after a byte-order mark, a shell prompt or a command."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from ecsdash.web.forms.document import json_text
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.json_text import JsonSyntaxError
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
    text = text.removeprefix(BYTE_ORDER_MARK)
    begin = text.lstrip()[:1]
    if not begin:
        raise Unreadable("The text is empty.", how=SUPPORTED)
    if begin in "{[":
        return _json(text.strip())
    try:
        value = yaml_text.load(text)
    except yaml_text.InvalidYaml as error:
        return _after_prompt(text, str(error))
    return Source(value) if isinstance(value, dict | list) else _after_prompt(text, NO_JSON)


def _json(text: str) -> Source:
    try:
        return _with_rest(text)
    except JsonSyntaxError as error:
        again = templates.quoted(text)
        if again == text:
            raise _unreadable(error) from error
    try:
        return _with_rest(again)
    except JsonSyntaxError as error:
        raise _unreadable(error) from error


def _after_prompt(text: str, problem: str) -> Source:
    """Return the JSON that begins after other text. Raise Unreadable with the problem if there is none."""
    for match in list(BEGINS.finditer(text))[:MOST_BEGINNINGS]:
        if not _begins_with_json(text[match.end() :]):
            continue
        found = _json(text[match.end() :])
        before = Finding("", FindingLevel.WARN, "The text before the JSON was left out.", text[: match.end()][:200])
        return Source(found.value, (before, *found.notes))
    raise Unreadable(problem, how=SUPPORTED)


def _begins_with_json(text: str) -> bool:
    try:
        json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _with_rest(text: str) -> Source:
    """Return the value and a note on what follows it. Raise JsonSyntaxError."""
    value, rest = json_text.parse_beginning(text)
    rest = rest.strip().strip("'")
    if any(each in rest for each in "{["):
        line = text.count("\n", 0, text.find(rest)) + 1
        raise JsonSyntaxError("More JSON follows.", line, 1, "Paste one document.")
    if not rest:
        return Source(value)
    return Source(value, (Finding("", FindingLevel.WARN, "The text after the JSON was left out.", rest[:200]),))


def _unreadable(error: JsonSyntaxError) -> Unreadable:
    return Unreadable(str(error), how=error.how or SUPPORTED)
