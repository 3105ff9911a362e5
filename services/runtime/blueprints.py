"""What blueprints make beside ECS's own nouns: security groups, secrets, file systems, namespaces, healthy targets."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.operations.hooks import Progress, condition, lookup
from services.runtime.task_definitions import STEP_TAG


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


@condition
def mount_targets_available(aws: Aws, file_system: str) -> Progress:
    found = aws.call("efs.describe_mount_targets", FileSystemId=file_system).data["MountTargets"]
    ready = sum(target["LifeCycleState"] == "available" for target in found)
    return Progress(
        ready, max(1, len(found)), f"{ready} of {len(found)} ways in are ready", finished=ready == len(found)
    )


@condition
def namespace_there(aws: Aws, name: str) -> Progress:
    found = [each["Name"] for each in aws.collect("servicediscovery.list_namespaces", "Namespaces")]
    return Progress(int(name in found), 1, f"The namespace {name}", finished=name in found)


@condition
def targets_healthy(aws: Aws, target_group: str, wanted: int) -> Progress:
    told = aws.call("elbv2.describe_target_health", TargetGroupArn=target_group).data["TargetHealthDescriptions"]
    states = [each["TargetHealth"]["State"] for each in told]
    healthy = states.count("healthy")
    words = ", ".join(sorted(set(states))) or "none registered"
    return Progress(min(healthy, wanted), wanted, f"{healthy} of {wanted} targets are healthy ({words})",
                    finished=healthy >= wanted)  # fmt: skip
