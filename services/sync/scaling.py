"""Sweeps of Application Auto Scaling: scalable targets and scaling policies of services."""

from collections.abc import Mapping
from typing import Any, Final

from ecsdash.aws.arns import arn
from ecsdash.inventory import store
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps.registry import sweeper
from services.models import ScalableTarget, ScalingPolicy

OF_ECS: Final = {"ServiceNamespace": "ecs"}


@sweeper("scalable_targets", choice=True)
def sweep_scalable_targets(scope: Scope) -> None:
    aws = scope.connection()
    found = aws.collect("application-autoscaling.describe_scalable_targets", "ScalableTargets", **OF_ECS)
    records = [Record(target_key(scope.account, scope.region, each), each["ResourceId"], each) for each in found]
    store.replace(ScalableTarget, scope, records, "scalable_targets")


@sweeper("scaling_policies", choice=True)
def sweep_scaling_policies(scope: Scope) -> None:
    aws = scope.connection()
    found = aws.collect("application-autoscaling.describe_scaling_policies", "ScalingPolicies", **OF_ECS)
    records = [
        Record(
            policy_key(scope.account, scope.region, each),
            each["PolicyName"],
            {name: value for name, value in each.items() if name != "Alarms"},
            columns={"resource_id": each["ResourceId"]},
        )
        for each in found
    ]
    store.replace(ScalingPolicy, scope, records, "scaling_policies")


def target_key(account: Account, region: str, named: Mapping[str, Any]) -> str:
    """Return the key of a target from what a call or a description names. Older targets have no ARN."""
    path = f"scalable-target/{named.get('ResourceId')}/{named.get('ScalableDimension')}"
    return arn("application-autoscaling", region, account.account_id, path)


def policy_key(account: Account, region: str, named: Mapping[str, Any]) -> str:
    return f"{target_key(account, region, named)}/policy/{named.get('PolicyName')}"
