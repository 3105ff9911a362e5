"""Readers of Application Auto Scaling."""

from collections.abc import Mapping, Sequence
from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.operations.hooks import reader


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


def _of(named: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ServiceNamespace": named["ServiceNamespace"],
        "ResourceIds": [named["ResourceId"]],
        "ScalableDimension": named["ScalableDimension"],
    }
