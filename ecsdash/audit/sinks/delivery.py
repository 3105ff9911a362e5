"""Delivery to sinks: at least once, in order, by one process at a time for each sink and stream."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

import structlog
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from ecsdash.audit import checkpoints, verify
from ecsdash.audit.models import SinkProgress
from ecsdash.audit.sinks import sinks
from ecsdash.audit.sinks.base import Row, Sink, SinkError, number

BATCH: Final = 200
RUN_SECONDS: Final = 20.0  # after which the next job continues
LEASE: Final = timedelta(seconds=60)
LONGEST_PAUSE: Final = timedelta(minutes=5)
EVENTS, CHECKPOINTS = SinkProgress.Stream.EVENTS, SinkProgress.Stream.CHECKPOINTS
log = structlog.get_logger(__name__)


def configured() -> list[tuple[SinkProgress.Stream, Sink]]:
    """Return the streams and sinks of the settings. Raise ValueError for an address that is none."""
    events = [(EVENTS, each) for each in sinks(settings.AUDIT_SINKS)]
    return [*events, *((CHECKPOINTS, each) for each in sinks(settings.AUDIT_CHECKPOINTS))]


def deliver_all() -> None:
    """Send what is due to every sink. One that fails does not hold up the others."""
    for stream, each in configured():
        deliver(stream, each)


def deliver(stream: SinkProgress.Stream, to: Sink) -> None:
    """Send the rows that the sink does not have, for RUN_SECONDS at most, unless another process does or it is to wait
    after a failure."""
    progress = _claim(stream, to.address)
    if progress is None:
        return
    began, rows = time.monotonic(), _rows(stream, progress.position)
    try:
        while (batch := list(islice(rows, BATCH))) and time.monotonic() < began + RUN_SECONDS:
            to.send(stream, batch)
            if not _advance(progress, number(stream, batch[-1])):
                return
    except SinkError as error:
        _fail(progress, str(error))
    else:
        _update(progress, claimed_until=None)


def backlog(progress: SinkProgress) -> int:
    """Return how many rows the sink does not have yet."""
    newest = checkpoints.newest_number() if progress.stream == CHECKPOINTS else checkpoints.newest_event()[0]
    return max(0, newest - progress.position)


def _claim(stream: SinkProgress.Stream, address: str) -> SinkProgress | None:
    now = timezone.now()
    progress, _ = SinkProgress.objects.get_or_create(stream=stream, sink=address)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = Q(next_try_at=None) | Q(next_try_at__lte=now)
    mine = SinkProgress.objects.filter(free, due, pk=progress.pk, fence=progress.fence)
    if not mine.update(claimed_until=now + LEASE, fence=F("fence") + 1):
        return None
    progress.refresh_from_db()
    return progress


def _rows(stream: SinkProgress.Stream, position: int) -> Iterator[Row]:
    return checkpoints.rows(position + 1) if stream == CHECKPOINTS else verify.rows(position + 1)


def _advance(progress: SinkProgress, position: int) -> bool:
    now = timezone.now()
    done: dict[str, object] = {"position": position, "sent_at": now, "claimed_until": now + LEASE}
    return _update(progress, **done, failures=0, error="", next_try_at=None)


def _fail(progress: SinkProgress, error: str) -> None:
    log.warning("audit_sink_failed", sink=progress.sink, stream=progress.stream, error=error)
    next_try_at: datetime = timezone.now() + min(LONGEST_PAUSE, timedelta(seconds=2 ** min(progress.failures, 10)))
    failed = {"failures": progress.failures + 1, "error": error[:500], "next_try_at": next_try_at}
    _update(progress, **failed, claimed_until=None)


def _update(progress: SinkProgress, **values: object) -> bool:
    """Update the row if the lease is still ours."""
    ours = SinkProgress.objects.filter(pk=progress.pk, fence=progress.fence)
    return bool(ours.update(**values))
