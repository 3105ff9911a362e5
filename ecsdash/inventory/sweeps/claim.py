"""The claim of a sweep by one worker, and the progress that is kept when it is interrupted."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.db.models import F, Q

from ecsdash.aws.buckets import Caller
from ecsdash.inventory.models import SweepState
from ecsdash.inventory.sweeps.schedule import FUTURE, known
from ecsdash.web import clock

#: Longer than anything between two renewals: an AWS call takes 18 seconds at most.
CLAIM_SECONDS = 25
RENEW_SECONDS = 2.0  # how often the claim is renewed and progress is written
#: A run that was interrupted longer ago starts over: what it saw of its first clusters is too old.
RESUMED_FOR = timedelta(minutes=15)


class ClaimLost(Exception):
    """Another worker has taken the sweep over: stop at once and write nothing more."""


def claim(state: SweepState, *, force: bool = False) -> bool:
    """Claim the sweep for a worker and set `state.fence`; False when another worker has it."""
    now = clock.now()
    lapsed = Q(claimed_until__lte=now) | Q(claimed_until__gte=now + FUTURE)
    free = Q() if force else Q(claimed_until=None) | lapsed
    mine = SweepState.objects.filter(free, pk=state.pk, fence=state.fence)
    claimed = mine.update(claimed_until=_lapses_at(now), started_at=now, fence=F("fence") + 1)
    state.fence += claimed
    return bool(claimed)


class SweepRun:
    """One run of a claimed sweep, in the thread that runs it; `done` are the clusters that it has completed.

    An interrupted run is resumed: its clusters, AWS calls and seconds so far count.
    """

    def __init__(self, state: SweepState, caller: Caller) -> None:
        self.state, self.caller = state, caller
        begun = known(state.run_started_at, clock.now())
        resumed = begun is not None and begun > clock.now() - RESUMED_FOR
        self.started_at: datetime = begun if begun and resumed else clock.now()
        self.done: set[str] = set(state.clusters_done) if resumed else set()
        self._calls, self._seconds = (state.calls, state.seconds) if resumed else (0, 0.0)
        self._clock = self._written = time.monotonic()
        self._thread = threading.get_ident()

    def renew(self) -> None:
        """Renew the claim and write progress, every RENEW_SECONDS at most. Raise ClaimLost."""
        if threading.get_ident() == self._thread and time.monotonic() > self._written + RENEW_SECONDS:
            self._write(claimed_until=_lapses_at(clock.now()), **self._progress())

    def complete(self) -> None:
        cost = {"calls": self._all_calls(), "seconds": self._all_seconds(), "clusters_done": [], "run_started_at": None}
        self._write(completed_at=clock.now(), claimed_until=None, failures=0, error="", error_code="", **cost)

    def fail(self, code: str, message: str, *, resume: bool) -> None:
        """`resume` when the same calls may succeed later: the next run then continues where this one stopped."""
        progress = self._progress() if resume else {"clusters_done": [], "run_started_at": None}
        self._write(claimed_until=None, failures=F("failures") + 1, error_code=code, error=message, **progress)

    def release(self) -> None:
        """Let another worker continue at once: this process is ending."""
        self._write(claimed_until=None, **self._progress())

    def _progress(self) -> dict[str, object]:
        return {
            "run_started_at": self.started_at,
            "clusters_done": sorted(self.done),
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


_running: ContextVar[SweepRun | None] = ContextVar("running_sweep", default=None)


@contextmanager
def running(current: SweepRun) -> Iterator[None]:
    token = _running.set(current)
    try:
        yield
    finally:
        _running.reset(token)


def current() -> SweepRun | None:
    """Return the run that this code is part of; None when a sweep function is called by itself."""
    return _running.get()


def _lapses_at(now: datetime) -> datetime:
    return now + timedelta(seconds=CLAIM_SECONDS)
