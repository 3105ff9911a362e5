"""The desired count of a scaling policy."""

import math
from typing import Any, Literal

from moto.applicationautoscaling.models import FakeApplicationAutoscalingPolicy

DEFAULT_COOLDOWN = 300.0
Direction = Literal["out", "in"]


def tracked(policy: FakeApplicationAutoscalingPolicy, current: int, value: float) -> int:
    """In proportion to how far the metric is from its target."""
    config: dict[str, Any] = policy.target_tracking_scaling_policy_configuration or {}
    wanted = math.ceil(current * value / float(config["TargetValue"]))
    if wanted < current and config.get("DisableScaleIn"):
        return current
    return max(wanted, 1) if wanted < current else wanted


def stepped(policy: FakeApplicationAutoscalingPolicy, current: int, value: float, threshold: float) -> int:
    """By the step in whose interval the metric's distance from the alarm's threshold lies."""
    config: dict[str, Any] = policy.step_scaling_policy_configuration or {}
    beyond = value - threshold
    for step in config.get("StepAdjustments") or []:
        lower = step.get("MetricIntervalLowerBound", -math.inf)
        upper = step.get("MetricIntervalUpperBound", math.inf)
        inside = lower <= beyond < upper if beyond >= 0 else lower < beyond <= upper
        if inside:
            return _adjusted(config, current, int(step["ScalingAdjustment"]))
    return current


def _adjusted(config: dict[str, Any], current: int, adjustment: int) -> int:
    kind = config.get("AdjustmentType", "ChangeInCapacity")
    if kind == "ExactCapacity":
        return adjustment
    if kind == "PercentChangeInCapacity":
        change = current * adjustment / 100
        least = int(config.get("MinAdjustmentMagnitude") or 1)
        adjustment = int(math.copysign(max(abs(int(change)), least), adjustment))
    return max(0, current + adjustment)


def cooldown(policy: FakeApplicationAutoscalingPolicy, direction: Direction) -> float:
    config: dict[str, Any] = policy._policy_body or {}
    name = "ScaleOutCooldown" if direction == "out" else "ScaleInCooldown"
    return float(config.get(name, config.get("Cooldown", DEFAULT_COOLDOWN)))
