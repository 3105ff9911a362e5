"""Which feeds flow: there, sweeps of what events tell only reconcile."""

from datetime import datetime, timedelta

from django.utils import timezone

from ecsdash.inventory.models import EventFeed, SweepState
from ecsdash.inventory.scope import Scope

#: A long poll takes 20 seconds; two of them may fail before the sweeps take over.
FLOWING_SECONDS = 60
#: The nouns whose changes events tell.
TOLD: set[str] = set()
#: (account key, region) -> when its events were last read.
Flows = dict[tuple[int, str], datetime]


def flowing() -> Flows:
    """Of the feeds that were read lately."""
    since = timezone.now() - timedelta(seconds=FLOWING_SECONDS)
    feeds = EventFeed.objects.filter(connected=True, gone_at=None)
    read = feeds.filter(progress__polled_at__gte=since, progress__error_code="")
    return {
        (account, region): at for account, region, at in read.values_list("account_id", "region", "progress__polled_at")
    }


def flows(scope: Scope) -> bool:
    """Whether the events of this account and region are being read."""
    return (scope.account.pk, scope.region) in flowing()


def told(state: SweepState, flows: Flows) -> bool:
    """Whether events tell this noun's changes at present."""
    return state.noun in TOLD and (state.account_id, state.region) in flows
