from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import Progress, condition, lookup
from ecsdash.operations.refs import STEP_TAG

#: The tag by which a step finds again what it made.


@condition
def instance_profile_ready(aws: Aws, profile: str) -> Progress:
    """The profile holds a role. EC2 may take a few seconds more to hear of it."""
    held = aws.call("iam.get_instance_profile", InstanceProfileName=profile).data["InstanceProfile"].get("Roles")
    return Progress(int(bool(held)), 1, "Waiting for the role in the profile", finished=bool(held))


@condition
def capacity_provider_gone(aws: Aws, capacity_provider: str) -> Progress:
    answer = aws.call("ecs.describe_capacity_providers", capacityProviders=[capacity_provider]).data
    left = [each for each in answer.get("capacityProviders", []) if each.get("status") != "INACTIVE"]
    if not left:
        return Progress(1, 1, "It is gone", finished=True)
    update = left[0].get("updateStatus", "")
    if update != "DELETE_IN_PROGRESS":
        why = left[0].get("updateStatusReason") or "it is in use by another cluster"
        return Progress(failed=f"The capacity provider {capacity_provider} was not deleted: {why}")
    return Progress(0, 1, "AWS is deleting it")


@condition
def auto_scaling_group_gone(aws: Aws, group: str) -> Progress:
    found = aws.call("autoscaling.describe_auto_scaling_groups", AutoScalingGroupNames=[group]).data
    left = sum(len(each.get("Instances", [])) for each in found["AutoScalingGroups"])
    gone = not found["AutoScalingGroups"]
    return Progress(int(gone), 1, "It is gone" if gone else f"It still ends {left} instances", finished=gone)


@lookup
def auto_scaling_group_made(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """The group of that name, if this very step made it. CreateAutoScalingGroup answers nothing."""
    name = params["AutoScalingGroupName"]
    found = aws.call("autoscaling.describe_auto_scaling_groups", AutoScalingGroupNames=[name]).data
    ours = any(tag_dict(each.get("Tags")).get(STEP_TAG) == step_id for each in found["AutoScalingGroups"])
    return {} if ours else None


@lookup
def capacity_provider_made(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """The capacity provider of that name, if it is this very step's."""
    answer = aws.call("ecs.describe_capacity_providers", capacityProviders=[params["name"]], include=["TAGS"]).data
    for found in answer.get("capacityProviders", []):
        if found.get("status") == "ACTIVE" and tag_dict(found.get("tags")).get(STEP_TAG) == step_id:
            return {"capacityProvider": found}
    return None
