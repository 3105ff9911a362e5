"""Which feeds flow: there, sweeps of what events tell only reconcile."""

from datetime import timedelta

from django.utils import timezone

from ecsdash.inventory.models import EventFeed, SweepState

#: A long poll takes 20 seconds; two of them may fail before the sweeps take over.
FLOWING_SECONDS = 60
#: The nouns whose changes events tell.
TOLD: set[str] = set()


def flowing() -> set[tuple[int, str]]:
    """The (account key, region) whose events were read lately: there, sweeps only reconcile."""
    since = timezone.now() - timedelta(seconds=FLOWING_SECONDS)
    feeds = EventFeed.objects.filter(
        connected=True, gone_at=None, progress__polled_at__gte=since, progress__error_code=""
    )
    return set(feeds.values_list("account_id", "region"))


def told(state: SweepState, where: set[tuple[int, str]]) -> bool:
    """Whether events tell this noun's changes; `where` is what `flowing` answered."""
    return state.noun in TOLD and (state.account_id, state.region) in where
