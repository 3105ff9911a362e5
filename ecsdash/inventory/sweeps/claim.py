"""One complete look at a noun: who has claimed it, and which of its parts (clusters) are done if it breaks off."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from ecsdash.aws.buckets import Caller
from ecsdash.inventory.models import SweepState

CLAIM_SECONDS = 60
BEAT_SECONDS = 2.0  # how often progress is written down
#: A pass that broke off longer ago begins anew: its first parts are no news any more.
RESUMED_FOR = timedelta(minutes=15)


class ClaimLost(Exception):
    """Another worker has taken the sweep over: stop at once and write nothing more."""


def claim(state: SweepState, *, force: bool = False) -> bool:
    """Take the sweep for a worker and set `state.fence`; False when another one has it."""
    now = timezone.now()
    free = Q() if force else Q(claimed_until=None) | Q(claimed_until__lte=now)
    mine = SweepState.objects.filter(free, pk=state.pk, fence=state.fence)
    taken = mine.update(claimed_until=_lapses(now), started_at=now, fence=F("fence") + 1)
    state.fence += taken
    return bool(taken)


class Pass:
    """A claimed pass in the thread that runs it; `done` are the parts that need not be looked at again."""

    def __init__(self, state: SweepState, caller: Caller) -> None:
        self.state, self.caller = state, caller
        begun = state.pass_started_at
        resumed = begun is not None and begun > timezone.now() - RESUMED_FOR
        self.began_at: datetime = begun if begun and resumed else timezone.now()
        self.done: set[str] = set(state.parts_done) if resumed else set()
        self._calls, self._seconds = (state.calls, state.seconds) if resumed else (0, 0.0)
        self._clock = self._written = time.monotonic()
        self._thread = threading.get_ident()

    def beat(self) -> None:
        """Renew the claim and write down how far we are, now and then. Raises ClaimLost."""
        if threading.get_ident() == self._thread and time.monotonic() > self._written + BEAT_SECONDS:
            self._write(claimed_until=_lapses(timezone.now()), **self._progress())

    def complete(self) -> None:
        cost = {"calls": self._all_calls(), "seconds": self._all_seconds(), "parts_done": [], "pass_started_at": None}
        self._write(completed_at=timezone.now(), claimed_until=None, failures=0, error="", error_code="", **cost)

    def fail(self, code: str, message: str, *, resume: bool) -> None:
        """`resume` when the same calls may succeed later: then the next pass goes on where this one stopped."""
        progress = self._progress() if resume else {"parts_done": [], "pass_started_at": None}
        self._write(claimed_until=None, failures=F("failures") + 1, error_code=code, error=message, **progress)

    def _progress(self) -> dict[str, object]:
        return {
            "pass_started_at": self.began_at,
            "parts_done": sorted(self.done),
            "calls": self._all_calls(),
            "seconds": self._all_seconds(),
        }

    def _all_calls(self) -> int:
        return self._calls + self.caller.calls

    def _all_seconds(self) -> float:
        return self._seconds + time.monotonic() - self._clock

    def _write(self, **values: object) -> None:
        self._written = time.monotonic()
        if not SweepState.objects.filter(pk=self.state.pk, fence=self.state.fence).update(**values):
            raise ClaimLost(str(self.state))


_running: ContextVar[Pass | None] = ContextVar("running_pass", default=None)


@contextmanager
def running(current: Pass) -> Iterator[None]:
    token = _running.set(current)
    try:
        yield
    finally:
        _running.reset(token)


def current() -> Pass | None:
    """The pass that this code is part of; None when a sweep function is called by itself."""
    return _running.get()


def _lapses(now: datetime) -> datetime:
    return now + timedelta(seconds=CLAIM_SECONDS)
