"""Which nouns somebody is looking at, so that they are swept more often.

Kept in the cache: a page view writes nothing to the database. Without the cache nothing counts as viewed.
"""

import time
from collections.abc import Iterable

from ecsdash.inventory.models import SweepState
from ecsdash.web import best_effort_cache

VIEWED_SECONDS = 90  # a ticket ends after 50 seconds at most (ecsdash.web.polling), and a poll may be 16 s late
MOST_RESOURCES = 40  # of a region that count as viewed: what is described for them does not grow with viewers

#: Account key, region, noun.
NounKey = tuple[int, str, str]


def note(keys: Iterable[NounKey]) -> None:
    """Somebody is looking at these."""
    marks = {_mark(*key): 1 for key in keys}
    if marks:
        best_effort_cache.set_many(marks, VIEWED_SECONDS)


def viewed(states: list[SweepState]) -> set[int]:
    """Return the primary keys of those states that somebody is looking at."""
    marks = {_mark(state.account_id, state.region, state.noun): state.pk for state in states}
    return {marks[key] for key in best_effort_cache.get_many(marks) or ()}


def is_viewed(account_pk: int, region: str, nouns: Iterable[str]) -> bool:
    """Whether somebody is looking at any of these; True when the cache does not answer."""
    found = best_effort_cache.get_many(_mark(account_pk, region, noun) for noun in nouns)
    return found is None or bool(found)


def note_resource(account_pk: int, region: str, arn: str) -> None:
    """Somebody is looking at this resource. The newest MOST_RESOURCES of a region are kept, whatever their viewers."""
    now, key = time.time(), _resources(account_pk, region)
    known: dict[str, float] = best_effort_cache.get(key) or {}
    kept = sorted((at, each) for each, at in known.items() if now - at < VIEWED_SECONDS and each != arn)
    best_effort_cache.set(key, {**{each: at for at, each in kept[-MOST_RESOURCES + 1 :]}, arn: now}, VIEWED_SECONDS)


def viewed_resources(account_pk: int, region: str) -> list[str]:
    """Return the ARNs of the resources that somebody is looking at."""
    known: dict[str, float] = best_effort_cache.get(_resources(account_pk, region)) or {}
    return [arn for arn, at in known.items() if time.time() - at < VIEWED_SECONDS]


def _resources(account_pk: int, region: str) -> str:
    return f"viewed-resources:{account_pk}:{region}"


def _mark(account_pk: int, region: str, noun: str) -> str:
    return f"viewed:{account_pk}:{region}:{noun}"
