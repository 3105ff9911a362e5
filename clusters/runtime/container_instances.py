from collections.abc import Sequence
from typing import Any

from ecsdash.aws import limits
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AwsError
from ecsdash.operations.hooks import Progress, condition, live_check, reader
from ecsdash.operations.plan import Check, Level

NAMED_AT_MOST = 3


@condition
def instances_registered(aws: Aws, cluster: str, launched: list[list[dict[str, Any]]]) -> Progress:
    """All of the launched EC2 instances have become container instances. `launched` are answers of RunInstances."""
    ids = [each["InstanceId"] for answer in launched for each in answer]
    registered = _registered(aws, cluster)
    missing = [each for each in ids if each not in registered]
    done = len(ids) - len(missing)
    if not missing:
        return Progress(done, len(ids), f"{done} of {len(ids)} registered", finished=True)
    states = ec2_states(aws, missing)
    if lost := [name for name, (state, _) in states.items() if state in ("terminated", "shutting-down", "stopped")]:
        why = "; ".join(f"{name}: {states[name][1] or states[name][0]}" for name in lost)
        return Progress(done, len(ids), failed=f"{len(lost)} of the instances ended before they registered. {why}")
    waiting = _some([f"{name} is {states.get(name, ('starting', ''))[0]}" for name in missing])
    return Progress(done, len(ids), f"{done} of {len(ids)} registered; {waiting}, its agent has not registered yet")


@condition
def group_registered(aws: Aws, cluster: str, group: str) -> Progress:
    """As many of an Auto Scaling group's instances as it wants at present have registered in the cluster."""
    found = aws.call("autoscaling.describe_auto_scaling_groups", AutoScalingGroupNames=[group]).data
    if not found["AutoScalingGroups"]:
        return Progress(failed=f"The Auto Scaling group {group} is gone.")
    described = found["AutoScalingGroups"][0]
    wanted, members = described["DesiredCapacity"], [each["InstanceId"] for each in described.get("Instances", [])]
    registered = _registered(aws, cluster) if members else {}
    done = sum(each in registered for each in members)
    message = f"{done} of {wanted} registered; the group has launched {len(members)}"
    if done < wanted and len(members) < wanted and (trouble := _launch_trouble(aws, group)):
        message = f"{message}. Its last try failed: {trouble}"
    return Progress(min(done, wanted), max(1, wanted), message, finished=done >= wanted)


@condition
def instances_drained(
    aws: Aws, cluster: str, container_instances: list[str], tasks: int, wait_for_standalone: bool = False
) -> Progress:
    """No service's task runs on them any more. Tasks of no service stay when an instance drains: they count only
    with `wait_for_standalone`. `tasks` is how many ran when the plan was made."""
    running = [arn for each in container_instances for arn in _tasks_on(aws, cluster, each)]
    described = aws.describe(
        "ecs.describe_tasks", "tasks", of=running, by="tasks", size=limits.DESCRIBE_TASKS, cluster=cluster
    )
    moving = [each for each in described if wait_for_standalone or each.get("group", "").startswith("service:")]
    total = max(tasks, len(moving))
    if not moving:
        left = f"; {len(described)} that no service manages run on" if described else ""
        return Progress(total, total, f"Drained{left}", finished=True)
    names = sorted({each.get("group", "").removeprefix("service:") for each in moving})
    message = f"{len(moving)} tasks still run there: {_some(names)}"
    if news := _placement_trouble(aws, cluster, names):
        message = f"{message}. {news}"
    return Progress(total - len(moving), total, message)


@condition
def instances_gone(aws: Aws, cluster: str, container_instances: list[str]) -> Progress:
    """They are no longer registered."""
    left = _describe(aws, cluster, container_instances)
    done = len(container_instances) - len(left)
    names = _some([each.get("ec2InstanceId") or each["containerInstanceArn"] for each in left])
    message = f"{names} still registered" if left else "None is registered any more"
    return Progress(done, len(container_instances), message, finished=not left)


@condition
def instances_terminated(aws: Aws, instances: list[str]) -> Progress:
    """EC2 has ended the instances, or has forgotten them."""
    states = ec2_states(aws, instances)
    left = [name for name, (state, _) in states.items() if state != "terminated"]
    done = len(instances) - len(left)
    message = _some([f"{name} is {states[name][0]}" for name in left]) or "Terminated"
    return Progress(done, len(instances), message, finished=not left)


@reader
def container_instance_state(aws: Aws, cluster: str, container_instance: str) -> dict[str, Any] | None:
    found = _describe(aws, cluster, [container_instance])
    return {"status": found[0]["status"]} if found else None


@live_check
def launch_dry_run(aws: Aws, params: dict[str, Any]) -> Check:
    """Asks EC2 itself: the image, the key pair, the quota, the permission to pass the role."""
    try:
        aws.call("ec2.run_instances", **params)
    except AwsError as error:
        if error.retryable:
            raise
        if error.code != "DryRunOperation":
            title = "EC2 would refuse the launch"
            return Check(Level.BLOCK, title, f"{error.code}: {error.message}", "Change what EC2 names in the form.")
    return Check(Level.OK, "EC2 would accept the launch")


def ec2_states(aws: Aws, instances: Sequence[str]) -> dict[str, tuple[str, str]]:
    """EC2 instance id -> its state and AWS's reason for it; without those that EC2 does not know."""
    wanted = [{"Name": "instance-id", "Values": list(instances)}]
    reservations = aws.collect("ec2.describe_instances", "Reservations", Filters=wanted)
    found = [each for reservation in reservations for each in reservation["Instances"]]
    return {
        each["InstanceId"]: (each["State"]["Name"], each.get("StateReason", {}).get("Message", "")) for each in found
    }


def _registered(aws: Aws, cluster: str) -> dict[str, str]:
    """EC2 instance id -> container instance ARN of the cluster's active instances."""
    arns = aws.collect(
        "ecs.list_container_instances",
        "containerInstanceArns",
        cluster=cluster,
        status="ACTIVE",
        maxResults=limits.PAGE,
    )
    return {each["ec2InstanceId"]: each["containerInstanceArn"] for each in _describe(aws, cluster, arns)}


def _describe(aws: Aws, cluster: str, arns: Sequence[str]) -> list[dict[str, Any]]:
    found = aws.describe(
        "ecs.describe_container_instances",
        "containerInstances",
        of=arns,
        by="containerInstances",
        size=limits.DESCRIBE_CONTAINER_INSTANCES,
        cluster=cluster,
    )
    return [each for each in found if each.get("status") != "INACTIVE"]


def _tasks_on(aws: Aws, cluster: str, container_instance: str) -> list[str]:
    return aws.collect(
        "ecs.list_tasks", "taskArns", cluster=cluster, containerInstance=container_instance, maxResults=limits.PAGE
    )


def _placement_trouble(aws: Aws, cluster: str, services: list[str]) -> str:
    """AWS's own words of a service that finds no room for the tasks that should move."""
    known = aws.call("ecs.describe_services", cluster=cluster, services=services[: limits.DESCRIBE_SERVICES]).data
    events = [each["events"][0]["message"] for each in known.get("services", []) if each.get("events")]
    return next((event for event in events if "unable to place" in event), "")


def _launch_trouble(aws: Aws, group: str) -> str:
    answer = aws.call("autoscaling.describe_scaling_activities", AutoScalingGroupName=group, MaxRecords=1).data
    last = (answer.get("Activities") or [{}])[0]
    return str(last.get("StatusMessage", "")) if last.get("StatusCode") == "Failed" else ""


def _some(words: Sequence[str]) -> str:
    more = len(words) - NAMED_AT_MOST
    return ", ".join(words[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
