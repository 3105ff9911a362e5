"""When each noun is swept next, and why: often while something is in progress, less often while somebody is looking,
seldom otherwise. `decide` is the whole rule; the page "Inventory refresh" shows its reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction

from ecsdash.inventory.models import Account, SweepState
from ecsdash.web import clock

IN_PROGRESS_SECONDS = 20
BACKOFF_MOST_SECONDS = 60
FUTURE = timedelta(minutes=2)  # no time of a row is further ahead


class Reason(StrEnum):
    """Why a sweep is due when it is due."""

    RUNNING = "running; taken over if its worker dies"
    FIRST = "first scan"
    REQUESTED = "something was just changed"
    IN_PROGRESS = "deployment or operation in progress"
    VIEWED = "page open"
    IDLE = "regular interval"
    CHOICES = "options of forms"
    RECONCILE = "check against events"
    RETRY = "retry after a failure"


@dataclass(frozen=True)
class Facts:
    """What decides beside the row: `choice` is a noun that only forms offer, or one that may wait as long as those;
    `viewed`: somebody is looking at it; `covered`: events report its changes at present; `seconds`: the entry of
    SWEEP_SECONDS that alone decides."""

    choice: bool = False
    viewed: bool = False
    covered: bool = False
    seconds: str = ""


@dataclass(frozen=True)
class Decision:
    due_at: datetime
    reason: Reason


def decide(state: SweepState, facts: Facts, now: datetime) -> Decision:
    """Return when to sweep next. A claimed sweep is due when its claim lapses: its worker was killed then."""
    claimed, started = known(state.claimed_until, now), known(state.started_at, now)
    completed, requested = known(state.completed_at, now), known(state.requested_at, now)
    if claimed:
        return Decision(claimed, Reason.RUNNING)
    if started is None:
        return Decision(now, Reason.FIRST)
    last = completed if completed and completed > started else started
    if requested and requested > started and not state.failures:
        pause = settings.SWEEP_SECONDS["viewed"] if facts.covered else 0
        return Decision(last + timedelta(seconds=pause), Reason.REQUESTED)
    seconds, reason = _interval(state, facts, now)
    return Decision(last + timedelta(seconds=seconds), reason)


def known(when: datetime | None, now: datetime) -> datetime | None:
    """Return a time of a row, None if it cannot be right: it was written by a clock that was ahead."""
    return when if when and when < now + FUTURE else None


def sweep_at_once(account: Account, region: str, nouns: Iterable[str], seconds: int = IN_PROGRESS_SECONDS) -> None:
    """Sweep these nouns at once, and then as in progress for a while: something was just changed."""
    now = clock.now()
    wanted = sorted(set(nouns))
    values = {"in_progress_until": now + timedelta(seconds=seconds), "requested_at": now}
    with transaction.atomic():
        known = SweepState.objects.filter(account=account, region=region, noun__in=wanted)
        keys = dict(known.select_for_update().order_by("pk").values_list("noun", "pk"))
        SweepState.objects.filter(pk__in=keys.values()).update(**values)
        new = [SweepState(account=account, region=region, noun=noun, **values) for noun in wanted if noun not in keys]
        SweepState.objects.bulk_create(new, ignore_conflicts=True)


def sweep_as_in_progress(
    account: Account, region: str, nouns: Iterable[str], seconds: int = IN_PROGRESS_SECONDS
) -> None:
    """Sweep these nouns as in progress for a while, from their next sweep on: a sweep saw a deployment."""
    states = SweepState.objects.filter(account=account, region=region, noun__in=list(nouns))
    states.update(in_progress_until=clock.now() + timedelta(seconds=seconds))


def _interval(state: SweepState, facts: Facts, now: datetime) -> tuple[float, Reason]:
    """Seconds from the end of one sweep to the next, longer after failures.

    What events report is only reconciled; where the request buckets make a sweep long, it rests as long as it took.
    """
    seconds, reason = _regular_interval(state, facts, now)
    if not state.failures:
        return seconds, reason
    backoff = settings.SWEEP_SECONDS["in_progress"] * 2 ** min(state.failures, 6)
    return max(seconds, min(BACKOFF_MOST_SECONDS, backoff)), Reason.RETRY


def _regular_interval(state: SweepState, facts: Facts, now: datetime) -> tuple[float, Reason]:
    seconds = settings.SWEEP_SECONDS
    if facts.seconds:
        return seconds[facts.seconds], Reason.IDLE
    if facts.covered:
        return max(seconds["reconcile"], state.seconds), Reason.RECONCILE
    in_progress = known(state.in_progress_until, now)
    if in_progress and in_progress > now:
        return seconds["in_progress"], Reason.IN_PROGRESS
    if facts.viewed:
        return seconds["viewed"], Reason.VIEWED
    if facts.choice:
        return seconds["choices"], Reason.CHOICES
    return seconds["idle"], Reason.IDLE
