"""The auto scaling of the services of a random estate. It names nothing of others, and draws nothing at random."""

from typing import TYPE_CHECKING, Any, Final

from services.models import ScalableTarget, ScalingPolicy, ScheduledAction
from tests.trust.random_estate import arn

if TYPE_CHECKING:
    from tests.trust.random_workload import Workload

NOUNS: Final = ("scalable_targets", "scaling_policies", "scheduled_actions", "scaling_activities")
TRACKING: Final = {
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 60.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    },
}
STEPS: Final = {
    "PolicyType": "StepScaling",
    "StepScalingPolicyConfiguration": {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
    },
}


def add_scaling(workload: "Workload", cluster: str, service: str) -> None:
    """Add the scalable target of a service, a policy of each kind and a scheduled action."""
    resource = f"service/{cluster}/{service}"
    key = arn("application-autoscaling", f"scalable-target/{resource}")
    workload.row(ScalableTarget, resource, key, description={"MinCapacity": 0, "MaxCapacity": 50})
    for name, description in (("cpu", TRACKING), ("cpu-high", STEPS)):
        policy = arn("autoscaling", f"scalingPolicy:1:resource/ecs/{resource}:policyName/{name}")
        workload.row(
            ScalingPolicy, name, f"{key}/policy/{name}", resource_id=resource,
            description={**description, "PolicyARN": policy}, alarms=[_alarm(resource, name, policy)],
        )  # fmt: skip
    workload.row(
        ScheduledAction, "morning", f"{key}/scheduled-action/morning", resource_id=resource,
        description={"Schedule": "rate(1 day)", "ScalableTargetAction": {"MinCapacity": 1}},
    )  # fmt: skip


def _alarm(resource: str, name: str, policy: str) -> dict[str, Any]:
    return {
        "AlarmName": f"{resource}/{name}", "AlarmActions": [policy], "Namespace": "AWS/ECS",
        "MetricName": "CPUUtilization", "Statistic": "Average", "Dimensions": [], "Threshold": 80.0, "Period": 60,
        "EvaluationPeriods": 2, "ComparisonOperator": "GreaterThanThreshold",
    }  # fmt: skip
