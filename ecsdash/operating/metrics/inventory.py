"""Age of scans, and how event feeds are read."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ecsdash.inventory.models import FeedProgress, SweepState
from ecsdash.inventory.sweeps.registry import SWEEPERS

PLACE = ["account", "region"]


def families() -> Iterator[Metric]:
    yield from _sweeps()
    yield from _feeds()


def _sweeps() -> Iterator[Metric]:
    age = GaugeMetricFamily(
        "ecsdash_sweep_age_seconds", "Seconds since the last complete scan.", labels=[*PLACE, "resource_type"]
    )
    failures = GaugeMetricFamily(
        "ecsdash_sweep_failures", "Failed tries since the last complete scan.", labels=[*PLACE, "resource_type"]
    )
    now = timezone.now()
    states = SweepState.objects.filter(account__enabled=True, noun__in=SWEEPERS)
    for alias, region, noun, completed, failed in states.values_list(
        "account__alias", "region", "noun", "completed_at", "failures"
    ):
        if completed:
            age.add_metric([alias, region, noun], (now - completed).total_seconds())
        failures.add_metric([alias, region, noun], failed)
    yield age
    yield failures


def _feeds() -> Iterator[Metric]:
    lag = GaugeMetricFamily(
        "ecsdash_event_lag_seconds", "Age of the newest event of the last batch when it was stored.", labels=PLACE
    )
    polled = GaugeMetricFamily("ecsdash_event_poll_age_seconds", "Seconds since the queue was read.", labels=PLACE)
    messages = CounterMetricFamily("ecsdash_event_messages", "Messages of event feeds.", labels=[*PLACE, "result"])
    now = timezone.now()
    read = FeedProgress.objects.filter(feed__gone_at=None, feed__connected=True, feed__account__enabled=True)
    for progress in read.select_related("feed__account"):
        place = [progress.feed.account.alias, progress.feed.region]
        if progress.lag is not None:
            lag.add_metric(place, progress.lag)
        if progress.polled_at:
            polled.add_metric(place, (now - progress.polled_at).total_seconds())
        for result in ("applied", "ignored", "dead"):
            messages.add_metric([*place, result], getattr(progress, result))
    yield lag
    yield polled
    yield messages
