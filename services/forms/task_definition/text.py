"""Task definitions as text: RegisterTaskDefinition input as it is typed, or another format that is read into one."""

from collections.abc import Mapping
from typing import Any

from ecsdash.aws import shapes
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.json_text import JsonSyntaxError, parse
from ecsdash.web.forms.document.state import Read
from services.documents import reading
from services.documents.described import SET_BY_ECS
from services.documents.kinds import DocumentKind

BYTE_ORDER_MARK = "\ufeff"
CALL = "ecs.register_task_definition"


def read(text: str) -> Read:
    """Return the definition of a text. Raise JsonSyntaxError.

    Members of the API stay as they were typed. Of other formats (an answer of DescribeTaskDefinition, a list of
    containers, CloudFormation, Compose) the first task definition is read, with notes about what was changed.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    try:
        value = parse(text).value
    except JsonSyntaxError:
        begins = text.lstrip()[:1]
        if begins not in ("{", "[") and (found := _converted(text)):
            return found
        raise
    if isinstance(value, Mapping) and not _is_other_format(value):
        return Read(dict(value))
    found = _converted(text)
    if found is None:
        raise JsonSyntaxError("This is not a task definition.", 1, 1, "Begin with { and end with }.")
    return found


def _is_other_format(value: Mapping[str, Any]) -> bool:
    """Return whether an object is no input of RegisterTaskDefinition, by its members."""
    known = set(shapes.members(CALL)) & value.keys()
    return bool(value.keys() & {"taskDefinition", *SET_BY_ECS}) or (bool(value) and not known)


def _converted(text: str) -> Read | None:
    found = reading.read(text)
    documents = [each for each in found.documents if each.kind is DocumentKind.TASK_DEFINITION]
    if not documents:
        return None
    notes = [Finding("", FindingLevel.WARN, each.what, each.why, each.how) for each in found.notes]
    if len(found.documents) > 1:
        notes.append(
            Finding("", FindingLevel.WARN, "The text has several documents: this is its first task definition.")
        )
    return Read(documents[0].content, notes)


def writable(described: dict[str, Any]) -> dict[str, Any]:
    """Return the description without keys that ECS sets; unknown keys are kept, so that validation reports them."""
    return {key: value for key, value in described.items() if key not in SET_BY_ECS}


def ordered(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the definition with its keys in the order of the API documentation."""
    known = [name for name in shapes.members(CALL) if name in definition]
    return {name: definition[name] for name in [*known, *(definition.keys() - set(known))]}
