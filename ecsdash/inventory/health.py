"""Health checks: is AWS reachable, and are events read? They read the database and make no AWS call."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Max

from ecsdash.inventory.events import consumer, coverage
from ecsdash.inventory.models import Account, EventFeed
from ecsdash.web import clock
from ecsdash.web.health import NotReadyError, register


def aws_answers() -> None:
    """Raise NotReadyError when an enabled account had no complete sweep within three idle intervals and no events."""
    oldest = clock.now() - timedelta(seconds=3 * settings.SWEEP_SECONDS["idle"])
    accounts = Account.objects.filter(enabled=True).annotate(seen=Max("sweeps__completed_at"))
    read = {account for account, _ in coverage.covered_scopes()}
    silent = sum(1 for each in accounts if each.pk not in read and (each.seen is None or each.seen < oldest))
    if silent:
        raise NotReadyError(f"no recent complete scan of {silent} of {len(accounts)} AWS accounts")


def events_are_read() -> None:
    """Raise NotReadyError when event feeds are connected and the events process sends no heartbeat."""
    if not consumer.is_alive() and EventFeed.objects.filter(connected=True, gone_at=None).exists():
        raise NotReadyError("no heartbeat of the process that reads events")


register("aws", aws_answers)
register(consumer.NAME, events_are_read)
