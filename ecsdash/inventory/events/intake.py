"""Apply messages to rows. A batch is one transaction; only what is committed may be deleted from the queue."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from ecsdash.inventory import changes, store
from ecsdash.inventory.events.handlers import (
    HANDLERS,
    NO_EVENTS,
    NOUN_EVENTS,
    EventEffect,
    Mention,
    PoisonError,
    RowUpdate,
    parse,
)
from ecsdash.inventory.models import DeadLetter, EventFeed, FeedProgress, PendingDescribe, Resource
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.masking import mask
from ecsdash.web import clock

#: Length at which the body of a dead letter is cut, in characters.
LETTER_LENGTH = 4000


@dataclass(frozen=True)
class Message:
    """A message of SQS. `receipt` is the receipt handle that DeleteMessage takes."""

    message_id: str
    receipt: str
    body: str


@dataclass
class ParsedBatch:
    """A batch after its handlers: effects to apply, dead letters with their reasons, the number of unknown events, and
    the time of the newest event."""

    effects: list[tuple[Message, EventEffect]] = field(default_factory=list)
    dead: list[tuple[Message, str]] = field(default_factory=list)
    unknown: int = 0
    newest: datetime | None = None


@dataclass(frozen=True)
class BatchResult:
    """Numbers of messages; `pending`: some resources must be described again."""

    applied: int = 0
    ignored: int = 0
    dead: int = 0
    pending: bool = False


def apply_batch(feed: EventFeed, messages: Sequence[Message]) -> BatchResult:
    """Apply the messages in one transaction. A message that the database refuses becomes a dead letter by itself.

    Raise OperationalError or InterfaceError when the database does not answer: then nothing was applied.
    """
    batch = parse_batch(messages)
    try:
        return _commit(feed, batch, len(messages))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        return _commit(feed, _without_refused(feed, batch), len(messages))


def parse_batch(messages: Iterable[Message]) -> ParsedBatch:
    batch = ParsedBatch()
    for message in messages:
        try:
            event = parse(message.body)
            handler = HANDLERS.get(event.detail_type)
            if handler is None:
                batch.unknown += 1
                continue
            batch.effects.append((message, handler(event)))
        except PoisonError as reason:
            batch.dead.append((message, str(reason)))
        except Exception as error:
            batch.dead.append((message, _why(error)))
        else:
            batch.newest = max(batch.newest or event.happened_at, event.happened_at)
    return batch


def _commit(feed: EventFeed, batch: ParsedBatch, received: int) -> BatchResult:
    scope, effects = Scope(feed.account, feed.region), [each for _, each in batch.effects]
    with transaction.atomic():
        written = _write_rows(scope, [each.row for each in effects if each.row])
        counting = [each for each in effects if each.row is None or _key(each.row) in written]
        pending = _store_pending(feed, scope, {mention for each in counting for mention in each.mentions})
        _store_dead_letters(feed, batch.dead)
        applied = len(written) + sum(each.row is None for each in effects)
        ignored = received - applied - len(batch.dead)
        _store_progress(feed, batch, received, applied, ignored)
        if received:
            changes.bump(feed.account, feed.region, "event_feeds")
    return BatchResult(applied, ignored, len(batch.dead), bool(pending))


def _without_refused(feed: EventFeed, batch: ParsedBatch) -> ParsedBatch:
    """Return the same batch with those messages as dead letters whose rows the database refuses."""
    scope = Scope(feed.account, feed.region)
    kept = ParsedBatch([], list(batch.dead), batch.unknown, batch.newest)
    for message, effect in batch.effects:
        try:
            with transaction.atomic():
                _write_rows(scope, [effect.row] if effect.row else [])
                transaction.set_rollback(True)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            kept.dead.append((message, _why(error)))
        else:
            kept.effects.append((message, effect))
    return kept


def _write_rows(scope: Scope, rows: Sequence[RowUpdate]) -> set[tuple[str, int]]:
    """Write what is newer than the inventory. Return the ARN and version of each row written."""
    newest: dict[str, RowUpdate] = {}
    for row in rows:
        if row.arn not in newest or row.version > newest[row.arn].version:
            newest[row.arn] = row
    written: set[tuple[str, int]] = set()
    in_order = sorted(newest.values(), key=lambda row: row.noun)
    for noun, group in groupby(in_order, key=lambda row: row.noun):
        written |= _write(scope, noun, list(group))
    return written


def _write(scope: Scope, noun: str, rows: Sequence[RowUpdate]) -> set[tuple[str, int]]:
    model = rows[0].model
    known = {row.arn: row for row in _known(model, [row.arn for row in rows])}
    fresh = [row for row in rows if row.arn not in known or known[row.arn].version < row.version]
    with NOUN_EVENTS.get(noun, NO_EVENTS).recording(scope, [row.arn for row in fresh]):
        store.upsert(model, scope, [_record(row, known.get(row.arn)) for row in fresh], noun)
        if gone := [row.arn for row in fresh if row.gone]:
            model._default_manager.filter(arn__in=gone).update(gone_at=clock.now())
    return {_key(row) for row in fresh}


def _known(model: type[Resource], arns: Sequence[str]) -> Iterable[Any]:
    return model._default_manager.filter(arn__in=arns).only("arn", "version", "description", "tags")


def _record(update: RowUpdate, known: Resource | None) -> Record:
    """Events leave out parts of the description, tags above all: these stay as they were."""
    if known is None:
        return update.make(update.detail)
    stated = {key: value for key, value in update.detail.items() if key != "tags"}
    return update.make({**known.description, **stated})


def _key(row: RowUpdate) -> tuple[str, int]:
    return row.arn, row.version


def _store_pending(feed: EventFeed, scope: Scope, mentions: Iterable[Mention]) -> int:
    """Store what must be described again. Return how many resources that are."""
    by_noun: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_noun.setdefault(mention.noun, []).append(mention)
    wanted = [(noun, arn) for noun, own in by_noun.items() for arn in NOUN_EVENTS[noun].needs_describe(scope, own)]
    rows = [PendingDescribe(feed=feed, noun=noun, arn=arn, at=clock.now()) for noun, arn in sorted(wanted)]
    PendingDescribe.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _store_dead_letters(feed: EventFeed, dead: Sequence[tuple[Message, str]]) -> None:
    letters = [
        DeadLetter(
            feed=feed,
            message_id=message.message_id[:100],
            received_at=clock.now(),
            reason=_storable(reason),
            body=_storable(_masked(message.body))[:LETTER_LENGTH],
        )
        for message, reason in dead
    ]
    DeadLetter.objects.bulk_create(letters, ignore_conflicts=True)


def _store_progress(feed: EventFeed, batch: ParsedBatch, received: int, applied: int, ignored: int) -> None:
    now = clock.now()
    values: dict[str, Any] = {"polled_at": now, "error_code": "", "error": ""}
    if received:
        values |= {
            "message_at": now,
            "received": F("received") + received,
            "applied": F("applied") + applied,
            "ignored": F("ignored") + ignored,
            "dead": F("dead") + len(batch.dead),
        }
    if batch.newest:
        values["lag"] = max(0.0, (now - batch.newest).total_seconds())
    FeedProgress.objects.filter(feed=feed).update(**values)


def _why(error: Exception) -> str:
    """The error without the content of the message: it may be a secret."""
    return f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else type(error).__name__


def _masked(body: str) -> str:
    try:
        return json.dumps(mask(json.loads(body)), indent=2, ensure_ascii=False)
    except ValueError:
        return str(mask(body))


def _storable(text: str) -> str:
    """PostgreSQL stores no NUL in a text."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
