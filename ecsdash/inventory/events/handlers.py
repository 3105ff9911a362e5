"""What events say, and how each noun handles them. Apps register both in their module `event_handlers`:

    @event_handler("ECS Task State Change", "tasks")
    def task_changed(event: Event) -> EventEffect: ...

    @noun_events
    class ServiceEvents(NounEvents):
        noun = "services"
        ...

A handler calls nobody: it returns the row that the event describes, and the resources that the event mentions without
describing them. When the rows of a batch are written, the noun of a mentioned resource decides whether it must be
described again. A handler that raises makes the message a dead letter.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from ecsdash.inventory.events.coverage import COVERED_NOUNS
from ecsdash.inventory.models import Resource
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record

#: Sources of the events that are read: ECS, and the services whose API calls are changes of what ECS runs.
SOURCES = ("aws.ecs", "aws.elasticloadbalancing", "aws.application-autoscaling", "aws.autoscaling")
API_CALL = "AWS API Call via CloudTrail"


class PoisonError(Exception):
    """The message can never be applied; the text says why."""


@dataclass(frozen=True)
class Event:
    """`detail` has the structure of the API's answers: times are datetimes."""

    detail_type: str
    resources: tuple[str, ...]
    detail: dict[str, Any]
    happened_at: datetime


@dataclass(frozen=True)
class RowUpdate:
    """A row as an event describes it. `make` makes its record of the whole description; `gone`: it no longer exists."""

    model: type[Resource]
    noun: str
    arn: str
    version: int
    detail: dict[str, Any]
    make: Callable[[dict[str, Any]], Record]
    gone: bool = False


@dataclass(frozen=True)
class Mention:
    """A resource that an event mentions; `reason` tells its NounEvents what happened, in words of their own."""

    noun: str
    arn: str
    reason: str = ""


@dataclass(frozen=True)
class EventEffect:
    """`mentions` count only if the row was newer than the inventory's."""

    row: RowUpdate | None = None
    mentions: tuple[Mention, ...] = ()


class NounEvents:
    """How events affect one noun, beside the rows that they describe themselves."""

    noun: ClassVar[str]
    #: Events, with `describe`, report every change of the noun: sweeps only reconcile it.
    covered: ClassVar[bool] = False

    def recording(self, scope: Scope, arns: Sequence[str]) -> AbstractContextManager[None]:
        """The context in which rows of the noun are written: to record what happens to them."""
        return nullcontext()

    def needs_describe(self, scope: Scope, mentions: Sequence[Mention]) -> set[str]:
        """Return the ARNs of mentioned resources that must be described again. Called in the transaction that has
        written the rows of the batch."""
        return set()

    def describe(self, scope: Scope, arns: Sequence[str]) -> None:
        """Describe these resources again and store them."""
        raise NotImplementedError

    def watched(self, scope: Scope, *, slow: bool) -> Sequence[str]:
        """Return the ARNs of resources that now change without events, `slow` also of those that seldom do."""
        return ()

    def describe_watched(self, scope: Scope, arns: Sequence[str]) -> None:
        """Describe the watched resources and store them, in a thread beside that of the events."""
        self.describe(scope, arns)


Handler = Callable[[Event], EventEffect]
NounClass = TypeVar("NounClass", bound=type[NounEvents])
HANDLERS: dict[str, Handler] = {}
NOUN_EVENTS: dict[str, NounEvents] = {}
NO_EVENTS = NounEvents()


def event_handler(detail_type: str, *nouns: str) -> Callable[[Handler], Handler]:
    """Register a handler; `nouns` are those of which such events describe every change."""

    def register(function: Handler) -> Handler:
        HANDLERS[detail_type] = function
        COVERED_NOUNS.update(nouns)
        return function

    return register


def noun_events(noun_class: NounClass) -> NounClass:
    """Class decorator: register how events affect a noun. An app above may register a subclass in its place."""
    NOUN_EVENTS[noun_class.noun] = noun_class()
    if noun_class.covered:
        COVERED_NOUNS.add(noun_class.noun)
    return noun_class


def parse(body: str) -> Event:
    """Return the event. Raise PoisonError for what is not an event of these sources."""
    try:
        data = json.loads(body)
    except ValueError:
        raise PoisonError("It is not JSON") from None
    if not isinstance(data, dict) or not isinstance(data.get("detail"), dict):
        raise PoisonError("It does not have the structure of an event")
    if data.get("source") not in SOURCES:
        raise PoisonError(f"Its source is {data.get('source')!r}, not one of {', '.join(SOURCES)}")
    try:
        detail = data["detail"] if data["detail-type"] == API_CALL else dated(data["detail"])
        happened_at = detail.pop("updatedAt", None) or datetime.fromisoformat(data["time"])
        return Event(str(data["detail-type"]), tuple(data.get("resources", ())), detail, happened_at)
    except (KeyError, TypeError, ValueError) as error:
        raise PoisonError(f"It does not have the structure of an event: {error}") from None


def dated(value: Any, name: str = "") -> Any:
    """Return a copy in which times, which are text in events, are datetimes."""
    if isinstance(value, dict):
        return {key: dated(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [dated(item) for item in value]
    return datetime.fromisoformat(value) if isinstance(value, str) and name.endswith("At") else value
