"""What Application Auto Scaling does with a service, from the inventory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from ecsdash.aws.schedules import ScheduleError, parse
from ecsdash.inventory.scope import Scope
from ecsdash.web.tone import Tone
from services.models import ScalableTarget, ScalingActivity, ScalingPolicy, ScheduledAction, Service
from services.selectors.load_balancers import service_target_groups

DIMENSION: Final = "ecs:service:DesiredCount"
#: What can be suspended, in the words of pages.
SUSPENSIONS: Final = {
    "DynamicScalingInSuspended": "Scale-in by policies",
    "DynamicScalingOutSuspended": "Scale-out by policies",
    "ScheduledScalingSuspended": "Scheduled actions",
}
#: Metrics that Application Auto Scaling knows by name -> (words, unit).
PREDEFINED: Final = {
    "ECSServiceAverageCPUUtilization": ("CPU utilization", "%"),
    "ECSServiceAverageMemoryUtilization": ("Memory utilization", "%"),
    "ECSServiceAverageCPUUtilizationHighResolution": ("CPU utilization (high resolution)", "%"),
    "ECSServiceAverageMemoryUtilizationHighResolution": ("Memory utilization (high resolution)", "%"),
    "ALBRequestCountPerTarget": ("Requests per target", ""),
}
ALARM_STATES: Final = {"OK": "OK", "ALARM": "In alarm", "INSUFFICIENT_DATA": "Insufficient data"}
SIGNS: Final = {
    "GreaterThanOrEqualToThreshold": ">=", "GreaterThanThreshold": ">", "LessThanOrEqualToThreshold": "<=",
    "LessThanThreshold": "<",
}  # fmt: skip
REASONS: Final = {
    "AlreadyAtMaxCapacity": "The maximum of {MaxCapacity} is reached",
    "AlreadyAtMinCapacity": "The minimum of {MinCapacity} is reached",
    "AlreadyAtDesiredCapacity": "The service has this number of tasks already ({CurrentCapacity})",
    "AutoScalingAnticipatedFlapping": "The number would have to be changed back at once",
    "TargetServicePutResourceAsUnscalable": "ECS does not allow the service to be scaled at present",
    "ResourceInUse": "Another change of the service is in progress",
}


@dataclass(frozen=True)
class ShownAlarm:
    """A CloudWatch alarm: `condition` is what it watches, `reason` CloudWatch's words."""

    name: str
    state: str
    tone: Tone
    condition: str
    reason: str


@dataclass(frozen=True)
class ShownPolicy:
    """A scaling policy in words: `kind`, the metric that it follows, what it does, and its alarms."""

    row: ScalingPolicy
    kind: str
    metric: str
    rule: str
    alarms: Sequence[ShownAlarm]


@dataclass(frozen=True)
class ShownScheduledAction:
    row: ScheduledAction
    bounds: str
    next_runs: Sequence[datetime]


def resource_id(service: Service) -> str:
    return f"service/{service.cluster_name}/{service.name}"


def target_of(service: Service) -> ScalableTarget | None:
    """Return the scalable target of a service, None if it has no auto scaling."""
    rows = ScalableTarget.objects.in_scope(service.account, service.region).present()
    found: ScalableTarget | None = rows.filter(name=resource_id(service)).first()
    return found


def policies_of(service: Service) -> QuerySet[ScalingPolicy]:
    rows = ScalingPolicy.objects.in_scope(service.account, service.region).present()
    return rows.filter(resource_id=resource_id(service)).order_by("name")


def scheduled_actions_of(service: Service) -> QuerySet[ScheduledAction]:
    rows = ScheduledAction.objects.in_scope(service.account, service.region).present()
    return rows.filter(resource_id=resource_id(service)).order_by("name")


def activities_of(service: Service) -> QuerySet[ScalingActivity]:
    """Return the activities, newest first, also those that AWS no longer lists."""
    rows = ScalingActivity.objects.in_scope(service.account, service.region)
    return rows.filter(cluster_name=service.cluster_name, service_name=service.name).order_by("-started_at", "-pk")


def shown_policy(row: ScalingPolicy) -> ShownPolicy:
    alarms = [shown_alarm(each) for each in row.alarms or ()]
    description = row.description
    if tracking := description.get("TargetTrackingScalingPolicyConfiguration"):
        metric, unit = tracked_metric(tracking)
        off = ", never scales in" if tracking.get("DisableScaleIn") else ""
        return ShownPolicy(
            row, "Target tracking", metric, f"Keeps it at {tracking['TargetValue']:g}{unit}{off}", alarms
        )
    if steps := description.get("StepScalingPolicyConfiguration"):
        metric = next((str(each.get("MetricName", "")) for each in row.alarms or ()), "")
        return ShownPolicy(row, "Step scaling", metric or "None: no alarm", step_words(steps), alarms)
    predictive = description.get("PredictiveScalingPolicyConfiguration") or {}
    specification: Mapping[str, Any] = next(iter(predictive.get("MetricSpecifications") or ()), {})
    pair = specification.get("PredefinedMetricPairSpecification", {}).get("PredefinedMetricType", "Custom metrics")
    mode = "forecasts and scales" if predictive.get("Mode") == "ForecastAndScale" else "forecasts only"
    return ShownPolicy(row, "Predictive", pair, f"Target {specification.get('TargetValue', 0):g}, {mode}", alarms)


def shown_alarm(alarm: Mapping[str, Any]) -> ShownAlarm:
    """Return an alarm in words. One that stops tasks is often in alarm, which is no trouble."""
    state = alarm.get("StateValue", "")
    low = str(alarm.get("ComparisonOperator", "")).startswith("Less")
    tone = {"OK": Tone.OK, "ALARM": Tone.IDLE if low else Tone.WARN}.get(state, Tone.IDLE)
    return ShownAlarm(alarm.get("AlarmName", ""), ALARM_STATES.get(state, state), tone, alarm_words(alarm),
                      alarm.get("StateReason", ""))  # fmt: skip


def alarm_words(alarm: Mapping[str, Any]) -> str:
    """Return the condition of an alarm: `CPUUtilization > 60 for 3 x 60 s`."""
    sign = SIGNS.get(alarm.get("ComparisonOperator", ""), "?")
    times = f"{alarm.get('EvaluationPeriods', 1)} x {alarm.get('Period', 60)} s"
    return f"{alarm.get('MetricName', 'metric math')} {sign} {alarm.get('Threshold', 0):g} for {times}"


def tracked_metric(tracking: Mapping[str, Any]) -> tuple[str, str]:
    """Return the metric of a target tracking policy in words, and its unit."""
    if custom := tracking.get("CustomizedMetricSpecification"):
        return f"{custom.get('Namespace', '')} {custom.get('MetricName', 'metric math')}".strip(), ""
    name = tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType", "")
    words, unit = PREDEFINED.get(name, (name, ""))
    return words, f" {unit}" if unit else ""


def step_words(steps: Mapping[str, Any]) -> str:
    """Return the steps: `0 to 50: +1; 50 and more: +3 tasks`."""
    kind = steps.get("AdjustmentType", "ChangeInCapacity")
    unit = " %" if kind == "PercentChangeInCapacity" else " tasks"
    parts = []
    for each in steps.get("StepAdjustments") or ():
        low, high = each.get("MetricIntervalLowerBound"), each.get("MetricIntervalUpperBound")
        where = f"{low:g} to {high:g}" if low is not None and high is not None else "any"
        where = f"{low:g} and more" if low is not None and high is None else where
        where = f"{high:g} and less" if low is None and high is not None else where
        number = each["ScalingAdjustment"]
        parts.append(f"{where}: {'= ' if kind == 'ExactCapacity' else '+' if number > 0 else ''}{number}{unit}")
    return "; ".join(parts)


def shown_scheduled_action(row: ScheduledAction, now: datetime) -> ShownScheduledAction:
    bounds = row.description.get("ScalableTargetAction") or {}
    words = [f"{word} {bounds[name]}" for word, name in (("minimum", "MinCapacity"), ("maximum", "MaxCapacity"))
             if name in bounds]  # fmt: skip
    return ShownScheduledAction(row, ", ".join(words), _next_runs(row.description, now))


def _next_runs(described: Mapping[str, Any], now: datetime) -> list[datetime]:
    """Return the next three runs within the start and the end of the action."""
    start, end, made = (_time(described.get(name)) for name in ("StartTime", "EndTime", "CreationTime"))
    try:
        schedule = parse(described.get("Schedule", ""), described.get("Timezone") or "UTC")
    except (ScheduleError, ValueError, KeyError):
        return []
    runs = schedule.next_runs(max(now, start) if start else now, made_at=start or made)
    return [each for each in runs if end is None or each < end]


def _time(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def reason_words(reason: Mapping[str, Any]) -> str:
    """Return why a service was not scaled, in words."""
    text = REASONS.get(reason.get("Code", ""))
    if text is None:
        return str(reason.get("Code", ""))
    values = {name: reason.get(name, "?") for name in ("MinCapacity", "MaxCapacity", "CurrentCapacity")}
    return text.format_map(values)


def counted_targets(user: Any, scope: Scope, service: Service) -> dict[str, str]:
    """Return the target groups whose requests can be counted: resource label -> name. Only behind Application Load
    Balancers."""
    found = {}
    for attached in service_target_groups(user, scope, service):
        group = attached.target_group_arn.rpartition(":")[2]
        for balancer in attached.load_balancers:
            path = balancer.arn.partition(":loadbalancer/")[2]
            if path.startswith("app/"):
                found[f"{path}/{group}"] = f"{group.split('/')[1]} behind {balancer.name}"
    return found
