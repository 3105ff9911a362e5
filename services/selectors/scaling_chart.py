"""The chart of a scaled service: the metric that its policy follows, its running tasks, and the activities."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from ecsdash.web.charts import Chart, Line
from services.models import MetricSeries, ScalingActivity, ScalingPolicy, Service, Task
from services.selectors.scaling import reason_words, shown_policy

WINDOW: Final = timedelta(hours=3)
MINUTE: Final = 60
COLUMNS: Final = {
    "ECSServiceAverageCPUUtilization": "cpu",
    "ECSServiceAverageMemoryUtilization": "memory",
}


def scaling_chart(
    service: Service,
    metrics: MetricSeries | None,
    policies: Sequence[ScalingPolicy],
    activities: Sequence[ScalingActivity],
    now: datetime,
) -> Chart:
    """Return the chart of the last 3 hours. `activities` are notes at their times."""
    since = int((now - WINDOW).timestamp())
    known = metrics.times if metrics and metrics.values else []
    notes: dict[int, str] = {}
    for each in activities:
        at = _time_of(each, known)
        if at >= since:
            notes[at] = "; ".join(filter(None, (words(each), notes.get(at, ""))))
    times = sorted({*known, *notes}) or [since, int(now.timestamp())]
    lines = [*_followed(metrics, policies, times), Line("Running tasks", _running(service, times, now), own_scale=True)]
    return Chart("scaling-chart", "Metric and running tasks", times, lines, notes=notes)


def _time_of(activity: ScalingActivity, known: Sequence[int]) -> int:
    """Return the time of the metric's value in whose minute the activity began, else its own minute."""
    began = int(activity.started_at.timestamp())
    position = bisect_right(known, began) - 1
    if position >= 0 and began - known[position] < MINUTE:
        return known[position]
    return began // MINUTE * MINUTE


def words(activity: ScalingActivity) -> str:
    """Return what an activity did, or why it did nothing."""
    if activity.not_scaled:
        return "Not scaled: " + ", ".join(map(reason_words, activity.not_scaled))
    return str(activity.description.get("Description", ""))


def _followed(metrics: MetricSeries | None, policies: Sequence[ScalingPolicy], times: Sequence[int]) -> list[Line]:
    """Return the line of the first policy's metric and of its target; without a policy, of the CPU utilization."""
    if metrics is None or not metrics.values:
        return []
    policy = next((each for each in policies if each.description.get("PolicyType") != "PredictiveScaling"), None)
    tracking: dict[str, Any] = policy.description.get("TargetTrackingScalingPolicyConfiguration", {}) if policy else {}
    name = tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType", "")
    if policy is None or name in COLUMNS:
        label, values = f"{COLUMNS.get(name, 'cpu').upper()} %", metrics.values.get(COLUMNS.get(name, "cpu"), [])
    else:
        label, values = shown_policy(policy).metric, metrics.values.get(f"policy:{policy.name}", [])
    at = dict(zip(metrics.times, values, strict=False))
    found = [Line(label, [at.get(each) for each in times])]
    return [*found, Line("Target", [tracking["TargetValue"]] * len(times))] if "TargetValue" in tracking else found


def _running(service: Service, times: Sequence[int], now: datetime) -> list[float | None]:
    """Return the number of running tasks at each time, from the tasks of the inventory."""
    rows = Task.objects.filter(
        Q(stopped_at=None) | Q(stopped_at__gt=now - WINDOW - timedelta(minutes=1)),
        account=service.account, region=service.region, cluster_name=service.cluster_name, service_name=service.name,
        started_at__isnull=False,
    ).values_list("started_at", "stopped_at", "gone_at")  # fmt: skip
    starts = sorted(started.timestamp() for started, _, _ in rows)
    ends = sorted((stopped or gone).timestamp() for _, stopped, gone in rows if stopped or gone)
    return [bisect_right(starts, each) - bisect_right(ends, each) for each in times]
