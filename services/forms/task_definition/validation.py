"""What is wrong with a task definition: by AWS's model of RegisterTaskDefinition, and by the rules of ECS."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ecsdash.aws import shapes
from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.forms.task_definition.rules import Problem, problems
from services.forms.task_definition.text import CALL

PATH: Final = re.compile(r"[A-Za-z0-9_-]+|\[(\d+)\]")
MISSING: Final = re.compile(r'Missing required parameter in (?P<path>\S*?): "(?P<name>\w+)"')
UNKNOWN: Final = re.compile(r'Unknown parameter in (?P<path>\S*?): "(?P<name>[^"]*)"')
WRONG: Final = re.compile(r"Invalid \w+ for parameter (?P<path>[\w.\[\]-]+), value: (?P<value>.*), (?:type|valid)")
TYPES: Final = re.compile(r"valid types: (.*)$")
PLACES: Final = {
    "name": "name", "essential": "essential", "memory": "memory", "memory_reservation": "memoryReservation",
    "environment": "environment", "ports": "portMappings", "mounts": "mountPoints", "depends_on": "dependsOn",
    "logs": "logConfiguration/logDriver", "volumes": "volumes", "cpu": "cpu", "network_mode": "networkMode",
    "execution_role": "executionRoleArn",
}  # fmt: skip


def findings_of(document: Mapping[str, Any]) -> list[Finding]:
    """Return the findings; the rules are asked once the model accepts the document."""
    by_model = [_of_model(message) for message in shapes.validation_errors(CALL, dict(document))]
    return by_model or [_of_rule(problem) for problem in problems(document)]


def _of_rule(problem: Problem) -> Finding:
    above = "" if problem.container is None else pointers.join("containerDefinitions", problem.container)
    place = PLACES.get(problem.field, "")
    return Finding(f"{above}/{place}" if place else above, FindingLevel.BLOCK, problem.message)


def _of_model(message: str) -> Finding:
    if match := MISSING.match(message):
        return Finding(_pointer(match["path"], match["name"]), FindingLevel.BLOCK, f"{match['name']} is required.")
    if match := UNKNOWN.match(message):
        what = f"ECS does not support “{match['name']}” here."
        return Finding(_pointer(match["path"], match["name"]), FindingLevel.BLOCK, what, "", "Remove it.")
    if match := WRONG.match(message):
        types = TYPES.search(message)
        wanted = f" ECS takes {_type(types[1])} here." if types else ""
        return Finding(_pointer(match["path"]), FindingLevel.BLOCK, f"This value is not valid.{wanted}")
    return Finding("", FindingLevel.BLOCK, f"{message}.")


def _pointer(path: str, *more: str) -> str:
    return pointers.join(*_segments("" if path == "input" else path), *more)


def _segments(path: str) -> Iterator[str]:
    for match in PATH.finditer(path):
        yield match[1] or match[0]


def _type(python: str) -> str:
    names = {"int": "a whole number", "str": "a text", "bool": "true or false", "list": "a list", "dict": "an object"}
    return next((words for name, words in names.items() if f"'{name}'" in python), "another type")
