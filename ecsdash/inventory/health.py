"""Is AWS reachable, and are events read? Told from what is known here; the page that shows it asks nothing."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from ecsdash.inventory.events import consumer, coverage
from ecsdash.inventory.models import Account, EventFeed
from ecsdash.web.health import NotReadyError, register


def aws_answers() -> None:
    """Every enabled account has had a whole sweep within three idle intervals, or its events are read."""
    oldest = timezone.now() - timedelta(seconds=3 * settings.SWEEP_SECONDS["idle"])
    accounts = Account.objects.filter(enabled=True).annotate(seen=Max("sweeps__completed_at"))
    read = {account for account, _ in coverage.covered_scopes()}
    silent = sum(1 for each in accounts if each.pk not in read and (each.seen is None or each.seen < oldest))
    if silent:
        raise NotReadyError(f"no recent complete scan of {silent} of {len(accounts)} AWS accounts")


def events_are_read() -> None:
    """Where events are connected, the process that reads them gives signs of life."""
    if not consumer.is_alive() and EventFeed.objects.filter(connected=True, gone_at=None).exists():
        raise NotReadyError("no heartbeat of the process that reads events")


register("aws", aws_answers)
register(consumer.NAME, events_are_read)
