"""CloudWatch metrics of services, clusters and container instances: read while a page shows them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from ecsdash.aws.errors import AwsError
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from services.models import MetricSeries
from services.sync.metric_sources import Metric, Subject, metrics_of
from services.sync.task_totals import task_totals

KEPT: Final = timedelta(hours=1)  # after the last reading
MOST_SERIES: Final = 500  # stored at a time, the latest read
MOST_POINTS: Final = 100_800  # of one GetMetricData
MOST_QUERIES: Final = 500  # of one GetMetricData
DIGITS: Final = 5  # significant ones


def fetch(
    key: str, account: int, region: str, subject: dict[str, Any], start: int, end: int, period: int
) -> MetricSeries:
    """Read the metrics and store them. If CloudWatch refuses, keep the earlier values and store the reason."""
    scope = Scope(Account.objects.get(pk=account), region)
    place = {"account_id": account, "region": region, "subject": subject}
    values: dict[str, Any] = {**place, "start": start, "end": end, "period": period, "fetched_at": timezone.now()}
    try:
        wanted = Subject(**subject)
        found = _read(scope, metrics_of(scope, wanted), start, end, period)
        found |= task_totals(scope, wanted, start, end, period)
        found = {name: each for name, each in found.items() if any(value is not None for value in each)}
    except AwsError as error:
        reason = f"{error.code}: {error.message}"
        defaults, failed = {"error": reason, "fetched_at": values["fetched_at"]}, {**values, "error": reason}
    else:
        defaults = failed = {**values, "values": found, "error": ""}
    with transaction.atomic():
        series, _ = MetricSeries.objects.update_or_create(key=key, defaults=defaults, create_defaults=failed)
        _delete_old()
        changes.bump(scope.account, region, "metrics")
    return series


def _read(scope: Scope, metrics: Sequence[Metric], start: int, end: int, period: int) -> dict[str, list[float | None]]:
    """Return the values of each metric, one for each period."""
    points, aws = (end - start) // period, scope.connection()
    together = max(1, min(MOST_QUERIES, MOST_POINTS // points))
    found: dict[str, list[float | None]] = {}
    for first in range(0, len(metrics), together):
        part = metrics[first : first + together]
        results = aws.collect(
            "cloudwatch.get_metric_data",
            "MetricDataResults",
            MetricDataQueries=[metric.query(number, period) for number, metric in enumerate(part)],
            StartTime=datetime.fromtimestamp(start, UTC),
            EndTime=datetime.fromtimestamp(end, UTC),
            ScanBy="TimestampAscending",
        )
        for result in results:
            values = found.setdefault(part[int(result["Id"][1:])].name, [None] * points)
            for at, value in zip(result.get("Timestamps", []), result.get("Values", []), strict=True):
                if 0 <= (place := (int(at.timestamp()) - start) // period) < points:
                    values[place] = float(f"{value:.{DIGITS}g}")
    return found


def _delete_old() -> None:
    """Delete the series that nobody has asked for lately, and the oldest of too many."""
    MetricSeries.objects.filter(fetched_at__lt=timezone.now() - KEPT).delete()
    beyond = MetricSeries.objects.order_by("-fetched_at").values("pk")[MOST_SERIES:]
    MetricSeries.objects.filter(pk__in=[each["pk"] for each in beyond]).delete()
