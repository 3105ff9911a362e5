"""Task definitions as text: RegisterTaskDefinition input as it is typed, or another format that is read into one."""

from typing import Any, Final

from ecsdash.aws import shapes
from services.documents.described import SET_BY_ECS
from services.documents.kinds import DocumentKind
from services.forms.document_text import reader

CALL: Final = DocumentKind.TASK_DEFINITION.call
read: Final = reader(DocumentKind.TASK_DEFINITION, frozenset({"taskDefinition", *SET_BY_ECS}))


def writable(described: dict[str, Any]) -> dict[str, Any]:
    """Return the description without keys that ECS sets; unknown keys are kept, so that validation reports them."""
    return {key: value for key, value in described.items() if key not in SET_BY_ECS}


def ordered(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the definition with its keys in the order of the API documentation."""
    known = [name for name in shapes.members(CALL) if name in definition]
    return {name: definition[name] for name in [*known, *(definition.keys() - set(known))]}
