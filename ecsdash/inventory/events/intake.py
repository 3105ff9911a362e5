"""Messages -> rows. A batch is one transaction; only what is committed may be deleted from the queue."""

import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from ecsdash.inventory import changes, store
from ecsdash.inventory.events.handlers import HANDLERS, WEIGHERS, WITNESSES, News, PoisonError, RowNews, Touch, parse
from ecsdash.inventory.models import DeadLetter, EventFeed, FeedProgress, Resource, Touched
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.masking import mask

#: What is kept of a dead letter, in characters.
LETTER_LENGTH = 4000


@dataclass(frozen=True)
class Message:
    """As SQS delivers it. `receipt` is what DeleteMessage takes."""

    message_id: str
    receipt: str
    body: str


@dataclass
class Understood:
    """A batch after its handlers: news to apply, letters that nobody can apply, and how many say nothing to us."""

    news: list[tuple[Message, News]] = field(default_factory=list)
    dead: list[tuple[Message, str]] = field(default_factory=list)
    strange: int = 0
    newest: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    applied: int = 0
    ignored: int = 0
    dead: int = 0
    touched: bool = False


def take(feed: EventFeed, messages: Sequence[Message]) -> Outcome:
    """Apply the messages in one transaction. One that the database refuses becomes a dead letter, alone.

    Raises OperationalError or InterfaceError when the database is not there: then nothing was applied.
    """
    understood = understand(messages)
    try:
        return _commit(feed, understood, len(messages))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        return _commit(feed, _without_refused(feed, understood), len(messages))


def understand(messages: Iterable[Message]) -> Understood:
    found = Understood()
    for message in messages:
        try:
            event = parse(message.body)
            handler = HANDLERS.get(event.detail_type)
            if handler is None:
                found.strange += 1
                continue
            found.news.append((message, handler(event)))
        except PoisonError as reason:
            found.dead.append((message, str(reason)))
        except Exception as error:
            found.dead.append((message, _why(error)))
        else:
            found.newest = max(found.newest or event.happened_at, event.happened_at)
    return found


def _commit(feed: EventFeed, understood: Understood, received: int) -> Outcome:
    scope, news = Scope(feed.account, feed.region), [each for _, each in understood.news]
    with transaction.atomic():
        fresh = _apply(scope, [each.row for each in news if each.row])
        touches = {touch for each in news if each.row is None or _key(each.row) in fresh for touch in each.touches}
        described = _touch(feed, scope, touches)
        _keep_letters(feed, understood.dead)
        applied = len(fresh) + sum(each.row is None for each in news)
        ignored = received - applied - len(understood.dead)
        _note(feed, understood, received, applied, ignored)
        if received:
            changes.bump(feed.account, feed.region, "event_feeds")
    return Outcome(applied, ignored, len(understood.dead), bool(described))


def _without_refused(feed: EventFeed, understood: Understood) -> Understood:
    """The same batch, with those messages among the dead whose rows the database does not take."""
    scope = Scope(feed.account, feed.region)
    kept = Understood([], list(understood.dead), understood.strange, understood.newest)
    for message, news in understood.news:
        try:
            with transaction.atomic():
                _apply(scope, [news.row] if news.row else [])
                transaction.set_rollback(True)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            kept.dead.append((message, _why(error)))
        else:
            kept.news.append((message, news))
    return kept


def _apply(scope: Scope, rows: Sequence[RowNews]) -> set[tuple[str, int]]:
    """Write what is newer than the inventory; answers the ARN and version of each such row."""
    newest: dict[str, RowNews] = {}
    for row in rows:
        if row.arn not in newest or row.version > newest[row.arn].version:
            newest[row.arn] = row
    fresh: set[tuple[str, int]] = set()
    in_order = sorted(newest.values(), key=lambda row: row.noun)
    for noun, group in groupby(in_order, key=lambda row: row.noun):
        fresh |= _write(scope, noun, list(group))
    return fresh


def _write(scope: Scope, noun: str, rows: Sequence[RowNews]) -> set[tuple[str, int]]:
    model = rows[0].model
    known = {row.arn: row for row in _known(model, [row.arn for row in rows])}
    fresh = [row for row in rows if row.arn not in known or known[row.arn].version < row.version]
    around = WITNESSES.get(noun, _nobody)
    with around(scope, [row.arn for row in fresh]):
        store.upsert(model, scope, [_record(row, known.get(row.arn)) for row in fresh], noun)
        if gone := [row.arn for row in fresh if row.gone]:
            model._default_manager.filter(arn__in=gone).update(gone_at=timezone.now())
    return {_key(row) for row in fresh}


def _nobody(scope: Scope, arns: Sequence[str]) -> AbstractContextManager[None]:
    return nullcontext()


def _known(model: type[Resource], arns: Sequence[str]) -> Iterable[Any]:
    return model._default_manager.filter(arn__in=arns).only("arn", "version", "description", "tags")


def _record(news: RowNews, known: Resource | None) -> Record:
    """Events leave out what a description has beside the state, tags above all: that stays as it was."""
    if known is None:
        return news.make(news.detail)
    stated = {key: value for key, value in news.detail.items() if key != "tags"}
    return news.make({**known.description, **stated})


def _key(row: RowNews) -> tuple[str, int]:
    return row.arn, row.version


def _touch(feed: EventFeed, scope: Scope, touches: Iterable[Touch]) -> int:
    """Note what must be described again; answers how much that is."""
    by_noun: dict[str, list[Touch]] = {}
    for touch in touches:
        by_noun.setdefault(touch.noun, []).append(touch)
    worth = [(noun, arn) for noun, own in by_noun.items() for arn in WEIGHERS[noun](scope, own)]
    rows = [Touched(feed=feed, noun=noun, arn=arn, at=timezone.now()) for noun, arn in sorted(worth)]
    Touched.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _keep_letters(feed: EventFeed, dead: Sequence[tuple[Message, str]]) -> None:
    letters = [
        DeadLetter(
            feed=feed,
            message_id=message.message_id[:100],
            received_at=timezone.now(),
            reason=_storable(reason),
            body=_storable(_masked(message.body))[:LETTER_LENGTH],
        )
        for message, reason in dead
    ]
    DeadLetter.objects.bulk_create(letters, ignore_conflicts=True)


def _note(feed: EventFeed, understood: Understood, received: int, applied: int, ignored: int) -> None:
    now = timezone.now()
    values: dict[str, Any] = {"polled_at": now, "error_code": "", "error": ""}
    if received:
        values |= {
            "message_at": now,
            "received": F("received") + received,
            "applied": F("applied") + applied,
            "ignored": F("ignored") + ignored,
            "dead": F("dead") + len(understood.dead),
        }
    if understood.newest:
        values["lag"] = max(0.0, (now - understood.newest).total_seconds())
    FeedProgress.objects.filter(feed=feed).update(**values)


def _why(error: Exception) -> str:
    """Without what the message held: it may be a secret."""
    return f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else type(error).__name__


def _masked(body: str) -> str:
    try:
        return json.dumps(mask(json.loads(body)), indent=2, ensure_ascii=False)
    except ValueError:
        return str(mask(body))


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL in a text."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
