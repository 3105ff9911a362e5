"""Which nouns somebody is looking at, so that they are swept more often.

Kept in the cache: a page view writes nothing to the database. Without the cache nothing counts as viewed.
"""

from collections.abc import Iterable

from ecsdash.inventory.models import SweepState
from ecsdash.web import best_effort_cache

VIEWED_SECONDS = 90  # a ticket ends after 50 seconds at most (ecsdash.web.polling), and a poll may be 16 s late

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


def _mark(account_pk: int, region: str, noun: str) -> str:
    return f"viewed:{account_pk}:{region}:{noun}"
