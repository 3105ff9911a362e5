"""Which scopes and nouns events cover at present: there, sweeps only reconcile."""

from datetime import datetime, timedelta

from ecsdash.inventory.models import EventFeed, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.web import clock

#: A long poll takes 20 seconds; two of them may fail before the sweeps take over.
COVERED_SECONDS = 60
#: The nouns whose changes events report.
COVERED_NOUNS: set[str] = set()
#: (account key, region) -> when its events were last read.
CoveredScopes = dict[tuple[int, str], datetime]


def covered_scopes() -> CoveredScopes:
    """Return the scopes whose event feeds were read within COVERED_SECONDS."""
    since = clock.now() - timedelta(seconds=COVERED_SECONDS)
    feeds = EventFeed.objects.filter(connected=True, gone_at=None)
    read = feeds.filter(progress__polled_at__gte=since, progress__error_code="")
    return {
        (account, region): at for account, region, at in read.values_list("account_id", "region", "progress__polled_at")
    }


def covers_scope(scope: Scope) -> bool:
    """Whether the events of this account and region are being read."""
    return (scope.account.pk, scope.region) in covered_scopes()


def covers(state: SweepState, scopes: CoveredScopes) -> bool:
    """Whether events report this noun's changes at present."""
    return state.noun in COVERED_NOUNS and (state.account_id, state.region) in scopes
