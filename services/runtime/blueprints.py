"""Hooks for resources of blueprints: security groups, secrets, roles, file systems, namespaces."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import Progress, condition, live_check, lookup
from ecsdash.operations.plan import Check, Level
from ecsdash.operations.refs import STEP_TAG


@lookup
def security_group_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    filters = [{"Name": "vpc-id", "Values": [params["VpcId"]]}, {"Name": f"tag:{STEP_TAG}", "Values": [step_id]}]
    found = aws.collect("ec2.describe_security_groups", "SecurityGroups", Filters=filters)
    return {"GroupId": found[0]["GroupId"]} if found else None


@lookup
def secret_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    try:
        found = aws.call("secretsmanager.describe_secret", SecretId=params["Name"]).data
    except NotFound:
        return None
    mine = {"Key": STEP_TAG, "Value": step_id} in found.get("Tags", [])
    return {"ARN": found["ARN"], "Name": found["Name"]} if mine else None


@lookup
def file_system_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    found = aws.call("efs.describe_file_systems", CreationToken=params["CreationToken"]).data["FileSystems"]
    return {"FileSystemId": found[0]["FileSystemId"]} if found else None


@condition
def file_system_available(aws: Aws, file_system: str) -> Progress:
    (found,) = aws.call("efs.describe_file_systems", FileSystemId=file_system).data["FileSystems"]
    state = found["LifeCycleState"]
    if state in ("error", "deleting", "deleted"):
        return Progress(failed=f"The file system is in state {state}.")
    return Progress(int(state == "available"), 1, f"The file system is {state}", finished=state == "available")


@lookup
def mount_target_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the mount target in this subnet: only the plan that created the file system adds mount targets."""
    try:
        found = aws.call("efs.describe_mount_targets", FileSystemId=params["FileSystemId"]).data["MountTargets"]
    except NotFound:
        return None
    return next((each for each in found if each["SubnetId"] == params["SubnetId"]), None)


@lookup
def access_point_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    try:
        found = aws.call("efs.describe_access_points", FileSystemId=params["FileSystemId"]).data["AccessPoints"]
    except NotFound:
        return None
    return next((each for each in found if each["ClientToken"] == step_id), None)


@condition
def access_point_available(aws: Aws, access_point: str) -> Progress:
    (found,) = aws.call("efs.describe_access_points", AccessPointId=access_point).data["AccessPoints"]
    state = found["LifeCycleState"]
    if state in ("error", "deleting", "deleted"):
        return Progress(failed=f"The access point is in state {state}.")
    return Progress(int(state == "available"), 1, f"The access point is {state}", finished=state == "available")


@condition
def mount_targets_available(aws: Aws, file_system: str) -> Progress:
    found = aws.call("efs.describe_mount_targets", FileSystemId=file_system).data["MountTargets"]
    ready = sum(target["LifeCycleState"] == "available" for target in found)
    return Progress(
        ready, max(1, len(found)), f"{ready} of {len(found)} mount targets are available", finished=ready == len(found)
    )


@lookup
def log_group_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    name = params["logGroupName"]
    for group in aws.collect("logs.describe_log_groups", "logGroups", logGroupNamePrefix=name):
        if group["logGroupName"] == name:
            arn = group["arn"].removesuffix(":*")
            tags = aws.call("logs.list_tags_for_resource", resourceArn=arn).data.get("tags", {})
            return {"logGroupName": name} if tags.get(STEP_TAG) == step_id else None
    return None


@lookup
def namespace_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    for namespace in aws.collect("servicediscovery.list_namespaces", "Namespaces"):
        if namespace["Name"] == params["Name"]:
            tags = aws.call("servicediscovery.list_tags_for_resource", ResourceARN=namespace["Arn"]).data["Tags"]
            if tag_dict(tags).get(STEP_TAG) == step_id:
                return {"Id": namespace["Id"]}
    return None


@live_check
def namespace_free(aws: Aws, name: str) -> Check:
    """Return whether the name is available. The inventory does not contain namespaces."""
    if name not in [each["Name"] for each in aws.collect("servicediscovery.list_namespaces", "Namespaces")]:
        return Check(Level.OK, f"The namespace {name} is available")
    return Check(
        Level.BLOCK,
        f"The namespace {name} already exists",
        "Existing resources are not reused.",
        "Choose another name.",
    )


@condition
def namespace_there(aws: Aws, name: str) -> Progress:
    found = [each["Name"] for each in aws.collect("servicediscovery.list_namespaces", "Namespaces")]
    return Progress(int(name in found), 1, f"The namespace {name}", finished=name in found)


@condition
def targets_healthy(aws: Aws, target_group: str, wanted: int) -> Progress:
    targets = aws.call("elbv2.describe_target_health", TargetGroupArn=target_group).data["TargetHealthDescriptions"]
    states = [each["TargetHealth"]["State"] for each in targets]
    healthy = states.count("healthy")
    summary = ", ".join(sorted(set(states))) or "none registered"
    return Progress(min(healthy, wanted), wanted, f"{healthy} of {wanted} targets are healthy ({summary})",
                    finished=healthy >= wanted)  # fmt: skip
