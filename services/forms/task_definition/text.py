"""Task definitions as JSON text: RegisterTaskDefinition input, or DescribeTaskDefinition output."""

from typing import Any

from ecsdash.aws import shapes
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.state import Read, read_object
from services.forms.task_definition.diff import SET_BY_ECS

CALL = "ecs.register_task_definition"


def read(text: str) -> Read:
    """Return the definition of a text, with notes about members that were dropped. Raise JsonSyntaxError."""
    document = read_object(text).document
    if isinstance(document.get("taskDefinition"), dict):
        tags = document.get("tags")
        document = {**document["taskDefinition"], **({"tags": tags} if tags else {})}
    dropped = [name for name in document if name in SET_BY_ECS]
    notes = []
    if dropped:
        what = f"Left out, because ECS sets them itself: {', '.join(dropped)}."
        notes.append(Finding("", FindingLevel.OK, what))
    return Read(writable(document), notes)


def writable(described: dict[str, Any]) -> dict[str, Any]:
    """Return the description without keys that ECS sets; unknown keys are kept, so that validation reports them."""
    return {key: value for key, value in described.items() if key not in SET_BY_ECS}


def ordered(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the definition with its keys in the order of the API documentation."""
    known = [name for name in shapes.members(CALL) if name in definition]
    return {name: definition[name] for name in [*known, *(definition.keys() - set(known))]}
