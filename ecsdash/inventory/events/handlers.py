"""What an event says and who understands it. Apps register handlers in their module `event_handlers`:

    @event_handler("ECS Task State Change")
    def task_changed(event: Event) -> News: ...

    @weigher("services")
    def worth_describing(scope: Scope, touches: Sequence[Touch]) -> set[str]: ...

    @refresher("services")
    def describe_again(scope: Scope, arns: Sequence[str]) -> None: ...

A handler asks nobody: it answers the row that the event describes, and what else it touches without carrying it. Of
that the weigher, which finds the rows written, says what must be described again. A handler that raises makes the
message a dead letter.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecsdash.inventory.events.coverage import COVERED_NOUNS
from ecsdash.inventory.models import Resource
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record

SOURCE = "aws.ecs"


class PoisonError(Exception):
    """The message can never be applied; the text says why."""


@dataclass(frozen=True)
class Event:
    """`detail` has the shape that the API's answers have: times are datetimes."""

    detail_type: str
    resources: tuple[str, ...]
    detail: dict[str, Any]
    happened_at: datetime


@dataclass(frozen=True)
class RowNews:
    """A row as the event has it. `make` makes its record of the whole description; `gone` says that it is no more."""

    model: type[Resource]
    noun: str
    arn: str
    version: int
    detail: dict[str, Any]
    make: Callable[[dict[str, Any]], Record]
    gone: bool = False


@dataclass(frozen=True)
class Touch:
    """Something that an event speaks of; `word` says to its weigher what happened, in whatever words they share."""

    noun: str
    arn: str
    word: str = ""


@dataclass(frozen=True)
class News:
    """`touches` count once the row was really news."""

    row: RowNews | None = None
    touches: tuple[Touch, ...] = ()


Handler = Callable[[Event], News]
Refresher = Callable[[Scope, Sequence[str]], None]
#: Answers the ARNs that must be described again. It runs in the transaction that has written the rows of the batch.
Weigher = Callable[[Scope, Sequence[Touch]], set[str]]
#: Stands around the writing of a noun's rows: gets their scope and ARNs.
Witness = Callable[[Scope, Sequence[str]], AbstractContextManager[None]]
HANDLERS: dict[str, Handler] = {}
WITNESSES: dict[str, Witness] = {}
REFRESHERS: dict[str, Refresher] = {}
WEIGHERS: dict[str, Weigher] = {}


def event_handler(detail_type: str, *nouns: str) -> Callable[[Handler], Handler]:
    """`nouns` are those whose every change such an event carries."""

    def register(function: Handler) -> Handler:
        HANDLERS[detail_type] = function
        COVERED_NOUNS.update(nouns)
        return function

    return register


def refresher(noun: str) -> Callable[[Refresher], Refresher]:
    """The function describes the resources of `noun` again."""

    def register(function: Refresher) -> Refresher:
        REFRESHERS[noun] = function
        COVERED_NOUNS.add(noun)
        return function

    return register


def weigher(noun: str) -> Callable[[Weigher], Weigher]:
    """The function says which touched resources of `noun` are worth a call."""

    def register(function: Weigher) -> Weigher:
        WEIGHERS[noun] = function
        return function

    return register


def witness(noun: str) -> Callable[[Witness], Witness]:
    """The function's context surrounds each writing of rows of `noun`: to note what becomes of them."""

    def register(function: Witness) -> Witness:
        WITNESSES[noun] = function
        return function

    return register


def parse(body: str) -> Event:
    """Raises PoisonError for what is no event of ECS."""
    try:
        data = json.loads(body)
    except ValueError:
        raise PoisonError("It is not JSON") from None
    if not isinstance(data, dict) or not isinstance(data.get("detail"), dict):
        raise PoisonError("It has not the shape of an event")
    if data.get("source") != SOURCE:
        raise PoisonError(f"Its source is {data.get('source')!r}, not {SOURCE}")
    try:
        detail = dated(data["detail"])
        happened_at = detail.pop("updatedAt", None) or datetime.fromisoformat(data["time"])
        return Event(str(data["detail-type"]), tuple(data.get("resources", ())), detail, happened_at)
    except (KeyError, TypeError, ValueError) as error:
        raise PoisonError(f"It has not the shape of an event: {error}") from None


def dated(value: Any, name: str = "") -> Any:
    """A copy in which the times, which events write as text, are datetimes."""
    if isinstance(value, dict):
        return {key: dated(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [dated(item) for item in value]
    return datetime.fromisoformat(value) if isinstance(value, str) and name.endswith("At") else value
