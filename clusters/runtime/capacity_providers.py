from collections.abc import Sequence
from typing import Any

from clusters.documents.managed_instances import updatable
from ecsdash.aws.calls import Aws
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import Progress, condition, lookup, reader
from ecsdash.operations.refs import STEP_TAG
from ecsdash.web.formatting import counted


@condition
def instance_profile_ready(aws: Aws, profile: str) -> Progress:
    """The instance profile has a role. EC2 may know it a few seconds later only."""
    roles = aws.call("iam.get_instance_profile", InstanceProfileName=profile).data["InstanceProfile"].get("Roles")
    return Progress(int(bool(roles)), 1, "Waiting for the role of the instance profile", finished=bool(roles))


@condition
def capacity_provider_created(aws: Aws, capacity_provider: str, cluster: str) -> Progress:
    """ECS has created the capacity provider of Managed Instances and associated it with its cluster."""
    described = _described(aws, capacity_provider, cluster) or {}
    status, why = described.get("updateStatus", ""), described.get("updateStatusReason", "")
    if status == "CREATE_FAILED":
        return Progress(failed=f"AWS did not create the capacity provider {capacity_provider}: {why or status}")
    finished = described.get("status") == "ACTIVE" and status != "CREATE_IN_PROGRESS"
    return Progress(int(finished), 1, "Creating the capacity provider", finished=finished)


@condition
def capacity_provider_gone(aws: Aws, capacity_provider: str, cluster: str = "") -> Progress:
    remaining = _described(aws, capacity_provider, cluster)
    if remaining is None:
        return Progress(1, 1, "The capacity provider is deleted", finished=True)
    update = remaining.get("updateStatus", "")
    if update != "DELETE_IN_PROGRESS":
        why = remaining.get("updateStatusReason") or "it is in use by another cluster"
        return Progress(failed=f"The capacity provider {capacity_provider} was not deleted: {why}")
    return Progress(0, 1, "Deleting the capacity provider")


@condition
def capacity_provider_updated(aws: Aws, capacity_provider: str, cluster: str = "") -> Progress:
    """ECS has finished the last change of the capacity provider."""
    described = _described(aws, capacity_provider, cluster) or {}
    status, why = described.get("updateStatus", ""), described.get("updateStatusReason", "")
    if status == "UPDATE_FAILED":
        return Progress(failed=f"AWS did not change the capacity provider {capacity_provider}: {why or status}")
    return Progress(int(status != "UPDATE_IN_PROGRESS"), 1, "Changing the capacity provider",
                    finished=status != "UPDATE_IN_PROGRESS")  # fmt: skip


@reader
def capacity_provider_settings(aws: Aws, capacity_provider: str, names: Sequence[str]) -> dict[str, Any] | None:
    """Return members of its settings for the Auto Scaling group; None if the provider does not exist."""
    described = _described(aws, capacity_provider)
    if described is None:
        return None
    settings = described.get("autoScalingGroupProvider") or {}
    return {name: settings.get(name) for name in names}


@reader
def managed_instances_settings(aws: Aws, capacity_provider: str, cluster: str) -> dict[str, Any] | None:
    """Return its settings for Managed Instances, as far as they can be changed; None if it does not exist."""
    described = _described(aws, capacity_provider, cluster)
    return None if described is None else updatable(described.get("managedInstancesProvider") or {})


@reader
def auto_scaling_group_size(aws: Aws, group: str) -> dict[str, Any] | None:
    """Return the bounds and the desired capacity of an Auto Scaling group; None if it does not exist."""
    found = auto_scaling_groups(aws, group)
    names = ("MinSize", "MaxSize", "DesiredCapacity")
    return {name: found[0][name] for name in names} if found else None


@condition
def group_resized(aws: Aws, group: str, desired: int) -> Progress:
    """The group has as many instances in service as desired. Managed scaling may change the number meanwhile."""
    found = auto_scaling_groups(aws, group)
    if not found:
        return Progress(failed=f"The Auto Scaling group {group} does not exist any more.")
    wanted = found[0]["DesiredCapacity"]
    members = [each for each in found[0].get("Instances", []) if each.get("LifecycleState") == "InService"]
    message = f"{len(members)} of {wanted} instances in service"
    if wanted != desired:
        message = f"{message}; the desired capacity is no longer {desired}"
    return Progress(min(len(members), wanted), max(1, wanted), message, finished=len(members) == wanted)


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
    place = {"cluster": params["cluster"]} if "cluster" in params else {}
    named = {"capacityProviders": [params["name"]], "include": ["TAGS"], **place}
    answer = aws.call("ecs.describe_capacity_providers", **named).data
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


def _described(aws: Aws, name: str, cluster: str = "") -> dict[str, Any] | None:
    """Return a capacity provider as ECS describes it, None if it does not exist. One of Managed Instances belongs to a
    cluster."""
    place = {"cluster": cluster} if cluster else {}
    answer = aws.call("ecs.describe_capacity_providers", capacityProviders=[name], **place).data
    found: list[dict[str, Any]] = answer.get("capacityProviders", [])
    return next((each for each in found if each.get("status") != "INACTIVE"), None)


def auto_scaling_groups(aws: Aws, name: str) -> list[dict[str, Any]]:
    """Return the Auto Scaling group of this name, or nothing."""
    answer = aws.call("autoscaling.describe_auto_scaling_groups", AutoScalingGroupNames=[name])
    groups: list[dict[str, Any]] = answer.data["AutoScalingGroups"]
    return groups
