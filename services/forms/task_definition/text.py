"""Task definitions as JSON text, with errors that name the line."""

import json
import re
from typing import Any

from ecsdash.aws import shapes
from ecsdash.web import parsing
from services.documents.described import SET_BY_ECS

CALL = "ecs.register_task_definition"
MISSING, UNKNOWN = "Missing required parameter", "Unknown parameter in "
NAME, NEW_LINE = re.compile(r"[A-Za-z][A-Za-z0-9]+"), "\n"
#: Messages that are shown, and names in a message whose line is looked for.
MOST_MESSAGES, MOST_NAMES = 50, 20


class InvalidText(ValueError):
    """The text is not a task definition. Messages name the line where possible."""

    def __init__(self, *messages: str) -> None:
        super().__init__(" ".join(messages))
        self.messages = list(messages)


def parse(text: str, *, whole: bool = True) -> dict[str, Any]:
    """Return the definition from RegisterTaskDefinition input or DescribeTaskDefinition output. Raise InvalidText.

    Without `whole`, required members may be missing.
    """
    try:
        data = parsing.json_value(text)
    except json.JSONDecodeError as error:
        raise InvalidText(f"Line {error.lineno}, column {error.colno}: {_plain(error.msg)}.") from error
    except ValueError as error:
        raise InvalidText(str(error)) from error
    if isinstance(data, dict) and isinstance(data.get("taskDefinition"), dict):
        data = {**data["taskDefinition"], **({"tags": data["tags"]} if data.get("tags") else {})}
    if not isinstance(data, dict):
        raise InvalidText("Line 1: a task definition must be a JSON object: { … }.")
    found = writable(data)
    messages = [each for each in shapes.validation_errors(CALL, found) if whole or not each.startswith(MISSING)]
    if messages:
        raise InvalidText(*(_with_line(message, text) for message in messages[:MOST_MESSAGES]))
    return found


def write(definition: dict[str, Any]) -> str:
    return json.dumps(definition, indent=2, ensure_ascii=False)


def writable(described: dict[str, Any]) -> dict[str, Any]:
    """Return the description without keys that ECS sets; unknown keys are kept, so that validation reports them."""
    return {key: value for key, value in described.items() if key not in SET_BY_ECS}


def ordered(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the definition with its keys in the order of the API documentation."""
    known = [name for name in shapes.members(CALL) if name in definition]
    return {name: definition[name] for name in [*known, *(definition.keys() - set(known))]}


def _plain(message: str) -> str:
    return {
        "Expecting value": "a value is missing",
        "Expecting ',' delimiter": "a comma is missing, or a bracket is not closed",
        "Expecting property name enclosed in double quotes": 'a "quoted" name is missing, or a comma is extra',
        "Expecting ':' delimiter": "a colon is missing",
        "Extra data": "unexpected text after the end of the JSON",
    }.get(message, message)


def _with_line(message: str, text: str) -> str:
    """Return a message of botocore with the line of the last name in its path that the text contains."""
    names = NAME.findall(message.partition(", value:")[0])[-MOST_NAMES:]
    if message.startswith(UNKNOWN):
        where, _, name = message.removeprefix(UNKNOWN).partition('", must be one of')[0].partition(': "')
        message = f'ECS does not support "{name}"' + ("" if where == "input" else f" in {where}")
        names = [name]
    for name in reversed(names):
        before, found, _ = text.partition(f'"{name}"')
        if found:
            return f"Line {before.count(NEW_LINE) + 1}: {message}."
    return f"{message}."
