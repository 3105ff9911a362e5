"""Readers, a look-up and a condition of Application Auto Scaling."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from ecsdash.aws.calls import Aws
from ecsdash.operations.hooks import Progress, condition, lookup, reader
from ecsdash.web import clock
from ecsdash.web.formatting import elapsed

LONGEST_PAUSE: Final = 60.0  # seconds: how late a wait may notice that the clock was set


@condition
def time_reached(aws: Aws, at: str) -> Progress:
    """Wait until a time."""
    left = (datetime.fromisoformat(at) - clock.now()).total_seconds()
    if left <= 0:
        return Progress(1, 1, "The time is reached", finished=True)
    message = f"{elapsed(left)} left. Cancelling the operation ends the wait at once."
    return Progress(0, 1, message, seconds=min(left, LONGEST_PAUSE))


@lookup
def bounds_still_held(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return {} while the bounds of the target are those that were held; None if somebody has changed them since."""
    held = params["held"]
    return {} if scalable_target(aws, params["named"], list(held)) == held else None


@reader
def scalable_target(aws: Aws, named: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any] | None:
    """Return settings of the target; None if it does not exist."""
    found = aws.collect("application-autoscaling.describe_scalable_targets", "ScalableTargets", **_of(named))
    return {name: found[0].get(name) for name in names} if found else None


@reader
def scaling_policy(aws: Aws, named: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any] | None:
    """Return settings of the policy; None if it does not exist."""
    of_service = {"ServiceNamespace": named["ServiceNamespace"], "ResourceId": named["ResourceId"]}
    policies = aws.collect("application-autoscaling.describe_scaling_policies", "ScalingPolicies", **of_service)
    found = next((each for each in policies if each["PolicyName"] == named["PolicyName"]), None)
    return found and {name: found.get(name) for name in names}


@reader
def scheduled_action(aws: Aws, named: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any] | None:
    """Return settings of the scheduled action; None if it does not exist."""
    place = {"ServiceNamespace": named["ServiceNamespace"], "ResourceId": named["ResourceId"]}
    actions = aws.collect("application-autoscaling.describe_scheduled_actions", "ScheduledActions", **place)
    found = next((each for each in actions if each["ScheduledActionName"] == named["ScheduledActionName"]), None)
    return found and {name: found.get(name) for name in names}


@reader
def metric_alarm(aws: Aws, name: str, names: Sequence[str]) -> dict[str, Any] | None:
    """Return settings of the CloudWatch alarm; None if it does not exist."""
    found = aws.collect("cloudwatch.describe_alarms", "MetricAlarms", AlarmNames=[name])
    return {each: found[0].get(each) for each in names} if found else None


def _of(named: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ServiceNamespace": named["ServiceNamespace"],
        "ResourceIds": [named["ResourceId"]],
        "ScalableDimension": named["ScalableDimension"],
    }
