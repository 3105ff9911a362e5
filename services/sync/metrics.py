"""CPU and memory utilization of a service from CloudWatch, fetched while a page shows them."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from ecsdash.aws.errors import AwsError
from ecsdash.inventory import changes
from ecsdash.inventory.scope import Scope
from services.models import Service, ServiceMetrics

WINDOW = timedelta(hours=3)
PERIOD = 60  # seconds: the finest that ECS sends
QUERIES = {"cpu": "CPUUtilization", "memory": "MemoryUtilization"}


def fetch_metrics(service: Service) -> None:
    """Store the metrics of the last 3 hours. If CloudWatch refuses, keep the old values and store the reason."""
    aws = Scope(service.account, service.region).connection()
    row, _ = ServiceMetrics.objects.get_or_create(service=service)
    now = timezone.now()
    try:
        found = aws.collect(
            "cloudwatch.get_metric_data",
            "MetricDataResults",
            MetricDataQueries=[_query(service, name, metric) for name, metric in QUERIES.items()],
            StartTime=now - WINDOW,
            EndTime=now + WINDOW,
            ScanBy="TimestampAscending",
        )
    except AwsError as error:
        row.error = f"{error.code}: {error.message}"
    else:
        row.error = ""
        row.times, row.cpu, row.memory = _columns(found)
    row.fetched_at = now
    with transaction.atomic():
        row.save()
        changes.bump(service.account, service.region, "metrics")


def _query(service: Service, name: str, metric: str) -> dict[str, Any]:
    dimensions = [
        {"Name": "ClusterName", "Value": service.cluster_name},
        {"Name": "ServiceName", "Value": service.name},
    ]
    stat = {
        "Metric": {"Namespace": "AWS/ECS", "MetricName": metric, "Dimensions": dimensions},
        "Period": PERIOD,
        "Stat": "Average",
    }
    return {"Id": name, "MetricStat": stat, "ReturnData": True}


def _columns(results: list[dict[str, Any]]) -> tuple[list[int], list[float | None], list[float | None]]:
    """Return times in ascending order, and the value (or None) of each metric for every time."""
    points: dict[str, dict[int, float]] = {name: {} for name in QUERIES}
    for result in results:
        at = [int(moment.timestamp()) for moment in result.get("Timestamps", [])]
        points[result["Id"]] |= dict(zip(at, result.get("Values", []), strict=True))
    times = sorted({moment for series in points.values() for moment in series})
    return times, [points["cpu"].get(t) for t in times], [points["memory"].get(t) for t in times]
