"""How often a noun is swept: hot while something moves, watched while somebody looks, idle else; choices slowly.

Watching is kept in the cache, not in the database: a page view writes nothing. Without the cache the noun is idle.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from ecsdash.inventory.models import Account, SweepState

WATCHED_SECONDS = 90  # a pass ends after 50 seconds at most (ecsdash.web.polls), and a poll may be 16 late
HOT_SECONDS = 20
BACKOFF_MOST_SECONDS = 60

log = structlog.get_logger(__name__)


#: Account key, region, noun.
Place = tuple[int, str, str]


def watch(places: Iterable[Place]) -> None:
    """Somebody looks at these."""
    marks = {_mark(*place): 1 for place in places}
    if marks:
        try:
            cache.set_many(marks, WATCHED_SECONDS)
        except Exception as error:  # the cache is a help, not a need: pages must open without it
            log.warning("cache_unavailable", error=str(error))


def watched(states: list[SweepState]) -> set[int]:
    """The keys of those states that somebody is looking at."""
    marks = {_mark(state.account_id, state.region, state.noun): state.pk for state in states}
    try:
        return {marks[key] for key in cache.get_many(marks)}
    except Exception as error:
        log.warning("cache_unavailable", error=str(error))
        return set()


def looked_at(account_pk: int, region: str, nouns: Iterable[str]) -> bool:
    """Whether somebody looks at any of these; yes when nobody can tell."""
    try:
        return bool(cache.get_many([_mark(account_pk, region, noun) for noun in nouns]))
    except Exception as error:
        log.warning("cache_unavailable", error=str(error))
        return True


def heat_up(account: Account, region: str, nouns: Iterable[str], seconds: int = HOT_SECONDS) -> None:
    """Sweep these nouns at once, and then as hot for a while: something moves, or was just changed."""
    now = timezone.now()
    wanted = sorted(set(nouns))
    warm = {"hot_until": now + timedelta(seconds=seconds), "requested_at": now}
    with transaction.atomic():
        known = SweepState.objects.filter(account=account, region=region, noun__in=wanted)
        keys = dict(known.select_for_update().order_by("pk").values_list("noun", "pk"))
        SweepState.objects.filter(pk__in=keys.values()).update(**warm)
        new = [SweepState(account=account, region=region, noun=noun, **warm) for noun in wanted if noun not in keys]
        SweepState.objects.bulk_create(new, ignore_conflicts=True)


def keep_hot(account: Account, region: str, nouns: Iterable[str], seconds: int = HOT_SECONDS) -> None:
    """Sweep these nouns as hot for a while, at their next turns: a sweep saw that something moves."""
    states = SweepState.objects.filter(account=account, region=region, noun__in=list(nouns))
    states.update(hot_until=timezone.now() + timedelta(seconds=seconds))


def interval(state: SweepState, *, choice: bool, is_watched: bool, now: datetime, is_told: bool = False) -> float:
    """Seconds from the end of one sweep to the next; longer after failures.

    What events tell is only reconciled; where the request buckets make a sweep long, it rests as long as it lasted.
    """
    pace = settings.SWEEP_SECONDS
    if is_told:
        seconds = max(pace["reconcile"], state.seconds)
    elif state.hot_until and state.hot_until > now:
        seconds = pace["hot"]
    elif is_watched:
        seconds = pace["watched"]
    else:
        seconds = pace["choices"] if choice else pace["idle"]
    if state.failures:
        return float(max(seconds, min(BACKOFF_MOST_SECONDS, pace["hot"] * 2 ** min(state.failures, 6))))
    return float(seconds)


def due_at(state: SweepState, *, choice: bool, is_watched: bool, now: datetime, is_told: bool = False) -> datetime:
    """When to sweep next; when a claim lapses, if that time comes: whoever has it was killed then."""
    if state.claimed_until:
        return state.claimed_until
    if state.started_at is None:
        return now
    last = state.completed_at if state.completed_at and state.completed_at > state.started_at else state.started_at
    if state.requested_at and state.requested_at > state.started_at and not state.failures:
        return last + timedelta(seconds=settings.SWEEP_SECONDS["watched"] if is_told else 0)
    pause = interval(state, choice=choice, is_watched=is_watched, now=now, is_told=is_told)
    return last + timedelta(seconds=pause)


def _mark(account_pk: int, region: str, noun: str) -> str:
    return f"watched:{account_pk}:{region}:{noun}"
