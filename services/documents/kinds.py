"""Kinds of documents, and the call that takes each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ecsdash.aws.shapes import Shape, input_shape


class DocumentKind(StrEnum):
    TASK_DEFINITION = "task definition"
    SERVICE = "service"

    @property
    def call(self) -> str:
        return {self.TASK_DEFINITION: "ecs.register_task_definition", self.SERVICE: "ecs.create_service"}[self]

    @property
    def naming_member(self) -> str:
        """Return the member that holds the name."""
        return {self.TASK_DEFINITION: "family", self.SERVICE: "serviceName"}[self]

    @property
    def members(self) -> Shape:
        return input_shape(self.call)


@dataclass(frozen=True)
class Document:
    """`content` holds parameters of the call of the kind."""

    kind: DocumentKind
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        found = self.content.get(self.kind.naming_member)
        return found if isinstance(found, str) else ""

    def ordered(self) -> "Document":
        """Return the document with its members in the order of the API documentation."""
        return Document(self.kind, _ordered(self.content, self.kind.members))


def _ordered(value: Any, member: Shape | None) -> Any:
    if isinstance(value, list):
        return [_ordered(each, member and member.entry) for each in value]
    if not isinstance(value, Mapping):
        return value
    known = [name for name in (member.members if member else ()) if name in value]
    names = [*known, *(name for name in value if name not in known)]
    return {name: _ordered(value[name], member and member.below(name)) for name in names}
