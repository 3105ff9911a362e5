"""What apps add to the page of an operation: a section with what it brought about, and the next steps of its user.

@section("run_task")
def ran_tasks(user: User, operation: Operation) -> Section | None: ...

@next_steps("create_cluster")
def after_cluster(user: User, operation: Operation) -> Iterable[Link]: ...
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ecsdash.access.models import User
from ecsdash.operations.models import Operation
from ecsdash.operations.states import OperationState


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class Section:
    """A live section. `context` is for its template; it changes with these `nouns`, and not at all if it is `final`."""

    template: str
    context: Mapping[str, Any]
    nouns: tuple[str, ...]
    final: bool = False


SectionFunction = Callable[[User, Operation], Section | None]
NextSteps = Callable[[User, Operation], Iterable[Link]]
SECTIONS: dict[str, SectionFunction] = {}
NEXT_STEPS: dict[str, NextSteps] = {}


def section(*actions: str) -> Callable[[SectionFunction], SectionFunction]:
    """Register the section of the operations of these actions."""

    def registered(function: SectionFunction) -> SectionFunction:
        SECTIONS.update(dict.fromkeys(actions, function))
        return function

    return registered


def next_steps(*actions: str) -> Callable[[NextSteps], NextSteps]:
    """Register the links that follow a success of these actions."""

    def registered(function: NextSteps) -> NextSteps:
        NEXT_STEPS.update(dict.fromkeys(actions, function))
        return function

    return registered


def section_of(user: User, operation: Operation) -> Section | None:
    found = SECTIONS.get(operation.action)
    return found(user, operation) if found else None


def links_after(user: User, operation: Operation) -> list[Link]:
    """Return what its user probably does next, after a success."""
    found = NEXT_STEPS.get(operation.action)
    return list(found(user, operation)) if found and operation.state == OperationState.SUCCEEDED else []
