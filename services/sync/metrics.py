"""CPU and memory utilization of a service from CloudWatch, and the metrics that its scaling policies follow: fetched
while a page shows them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from ecsdash.aws.errors import AwsError
from ecsdash.inventory import changes
from ecsdash.inventory.scope import Scope
from services.models import ScalingPolicy, Service, ServiceMetrics

WINDOW = timedelta(hours=3)
PERIOD = 60  # seconds: the finest that ECS sends
MOST_POLICIES = 10  # whose metrics are fetched
QUERIES = {"cpu": "CPUUtilization", "memory": "MemoryUtilization"}


def fetch_metrics(service: Service) -> None:
    """Store the metrics of the last 3 hours. If CloudWatch refuses, keep the old values and store the reason."""
    aws = Scope(service.account, service.region).connection()
    row, _ = ServiceMetrics.objects.get_or_create(service=service)
    now = timezone.now()
    followed = _followed(service)
    try:
        found = aws.collect(
            "cloudwatch.get_metric_data",
            "MetricDataResults",
            MetricDataQueries=[
                *(_query(service, name, metric) for name, metric in QUERIES.items()),
                *(_alarm_query(f"policy{number}", alarm) for number, (_, alarm) in enumerate(followed)),
            ],
            StartTime=now - WINDOW,
            EndTime=now + WINDOW,
            ScanBy="TimestampAscending",
        )
    except AwsError as error:
        row.error = f"{error.code}: {error.message}"
    else:
        row.error = ""
        names = [*QUERIES, *(f"policy{number}" for number in range(len(followed)))]
        row.times, (row.cpu, row.memory, *others) = _columns(found, names)
        row.scaled_by = {name: values for (name, _), values in zip(followed, others, strict=True)}
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


def _followed(service: Service) -> list[tuple[str, dict[str, Any]]]:
    """Return the policies that follow another metric than those of QUERIES, each with an alarm of that metric."""
    rows = ScalingPolicy.objects.in_scope(service.account, service.region).present()
    of_service = rows.filter(resource_id=f"service/{service.cluster_name}/{service.name}").order_by("name")
    found: list[tuple[str, dict[str, Any]]] = [(row.name, next(iter(row.alarms or ()), {})) for row in of_service]
    return [
        (name, alarm) for name, alarm in found
        if alarm.get("MetricName") and alarm.get("Statistic")
        and (alarm["Namespace"] != "AWS/ECS" or alarm["MetricName"] not in QUERIES.values())
    ][:MOST_POLICIES]  # fmt: skip


def _alarm_query(name: str, alarm: dict[str, Any]) -> dict[str, Any]:
    metric = {key: alarm[key] for key in ("Namespace", "MetricName", "Dimensions") if key in alarm}
    stat = {"Metric": metric, "Period": max(PERIOD, int(alarm.get("Period", PERIOD))), "Stat": alarm["Statistic"]}
    return {"Id": name, "MetricStat": stat, "ReturnData": True}


def _columns(results: list[dict[str, Any]], names: Sequence[str]) -> tuple[list[int], list[list[float | None]]]:
    """Return times in ascending order, and the values (or None) of each metric for every time."""
    points: dict[str, dict[int, float]] = {name: {} for name in names}
    for result in results:
        at = [int(moment.timestamp()) for moment in result.get("Timestamps", [])]
        points[result["Id"]] |= dict(zip(at, result.get("Values", []), strict=True))
    times = sorted({moment for series in points.values() for moment in series})
    return times, [[points[name].get(t) for t in times] for name in names]
