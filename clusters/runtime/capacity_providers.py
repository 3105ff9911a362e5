from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import Progress, condition, lookup
from ecsdash.operations.refs import STEP_TAG
from ecsdash.web.formatting import counted


@condition
def instance_profile_ready(aws: Aws, profile: str) -> Progress:
    """The instance profile has a role. EC2 may know it a few seconds later only."""
    roles = aws.call("iam.get_instance_profile", InstanceProfileName=profile).data["InstanceProfile"].get("Roles")
    return Progress(int(bool(roles)), 1, "Waiting for the role of the instance profile", finished=bool(roles))


@condition
def capacity_provider_gone(aws: Aws, capacity_provider: str) -> Progress:
    answer = aws.call("ecs.describe_capacity_providers", capacityProviders=[capacity_provider]).data
    remaining = [each for each in answer.get("capacityProviders", []) if each.get("status") != "INACTIVE"]
    if not remaining:
        return Progress(1, 1, "The capacity provider is deleted", finished=True)
    update = remaining[0].get("updateStatus", "")
    if update != "DELETE_IN_PROGRESS":
        why = remaining[0].get("updateStatusReason") or "it is in use by another cluster"
        return Progress(failed=f"The capacity provider {capacity_provider} was not deleted: {why}")
    return Progress(0, 1, "Deleting the capacity provider")


@condition
def auto_scaling_group_gone(aws: Aws, group: str) -> Progress:
    groups = aws.call("autoscaling.describe_auto_scaling_groups", AutoScalingGroupNames=[group]).data[
        "AutoScalingGroups"
    ]
    if not groups:
        return Progress(1, 1, "The Auto Scaling group is deleted", finished=True)
    instances = sum(len(each.get("Instances", [])) for each in groups)
    return Progress(0, 1, f"Terminating {counted(instances, 'instance')} of the group")


@lookup
def auto_scaling_group_made(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return an empty result, as CreateAutoScalingGroup does, if this step created the group of this name."""
    name = params["AutoScalingGroupName"]
    groups = aws.call("autoscaling.describe_auto_scaling_groups", AutoScalingGroupNames=[name]).data[
        "AutoScalingGroups"
    ]
    created = any(tag_dict(each.get("Tags")).get(STEP_TAG) == step_id for each in groups)
    return {} if created else None


@lookup
def capacity_provider_made(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the capacity provider of this name, if this step created it."""
    answer = aws.call("ecs.describe_capacity_providers", capacityProviders=[params["name"]], include=["TAGS"]).data
    for provider in answer.get("capacityProviders", []):
        if provider.get("status") == "ACTIVE" and tag_dict(provider.get("tags")).get(STEP_TAG) == step_id:
            return {"capacityProvider": provider}
    return None


@lookup
def instance_leaving_its_group(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return an empty result if the instance leaves its Auto Scaling group, or is in none any more."""
    for group in aws.collect("autoscaling.describe_auto_scaling_groups", "AutoScalingGroups"):
        for each in group.get("Instances", []):
            if each["InstanceId"] == params["InstanceId"]:
                return {} if each["LifecycleState"].startswith("Terminat") else None
    return {}


def auto_scaling_groups(aws: Aws, name: str) -> list[dict[str, Any]]:
    """Return the Auto Scaling group of this name, or nothing."""
    answer = aws.call("autoscaling.describe_auto_scaling_groups", AutoScalingGroupNames=[name])
    groups: list[dict[str, Any]] = answer.data["AutoScalingGroups"]
    return groups
