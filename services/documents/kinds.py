"""Kinds of documents, and the call that takes each of them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ecsdash.aws.member_tree import Member, member_tree


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
    def members(self) -> Member:
        return member_tree(self.call)


@dataclass(frozen=True)
class Document:
    """`content` holds parameters of the call of the kind."""

    kind: DocumentKind
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        found = self.content.get(self.kind.naming_member)
        return found if isinstance(found, str) else ""
