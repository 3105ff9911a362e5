from collections.abc import Sequence
from typing import Any

from ecsdash.aws import limits
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AwsError
from ecsdash.operations.hooks import Progress, condition, live_check, reader
from ecsdash.operations.plan import Check, Level
from ecsdash.web.formatting import counted

NAMED_AT_MOST = 3


@condition
def instances_registered(aws: Aws, cluster: str, launched: list[list[dict[str, Any]]]) -> Progress:
    """All launched EC2 instances are registered in the cluster. `launched` are the results of RunInstances."""
    ids = [each["InstanceId"] for answer in launched for each in answer]
    registered = _registered(aws, cluster)
    missing = [each for each in ids if each not in registered]
    done = len(ids) - len(missing)
    if not missing:
        return Progress(done, len(ids), f"{done} of {len(ids)} registered", finished=True)
    states = ec2_states(aws, missing)
    if lost := [name for name, (state, _) in states.items() if state in ("terminated", "shutting-down", "stopped")]:
        why = "; ".join(f"{name}: {states[name][1] or states[name][0]}" for name in lost)
        return Progress(
            done,
            len(ids),
            failed=f"{len(lost)} of {len(ids)} instances stopped before they registered in the cluster. {why}",
        )
    waiting = _shortened([f"{name} ({states.get(name, ('pending', ''))[0]})" for name in missing])
    return Progress(done, len(ids), f"{done} of {len(ids)} registered. Waiting for the agent of {waiting}")


@condition
def group_registered(aws: Aws, cluster: str, group: str) -> Progress:
    """The desired capacity of an Auto Scaling group is registered in the cluster."""
    groups = aws.call("autoscaling.describe_auto_scaling_groups", AutoScalingGroupNames=[group]).data[
        "AutoScalingGroups"
    ]
    if not groups:
        return Progress(failed=f"The Auto Scaling group {group} does not exist any more.")
    described = groups[0]
    desired, members = described["DesiredCapacity"], [each["InstanceId"] for each in described.get("Instances", [])]
    registered = _registered(aws, cluster) if members else {}
    done = sum(each in registered for each in members)
    message = f"{done} of {desired} registered; the Auto Scaling group has launched {len(members)}"
    if done < desired and len(members) < desired and (failure := _launch_failure(aws, group)):
        message = f"{message}. Its last scaling activity failed: {failure}"
    return Progress(min(done, desired), max(1, desired), message, finished=done >= desired)


@condition
def instances_drained(
    aws: Aws, cluster: str, container_instances: list[str], tasks: int, wait_for_standalone: bool = False
) -> Progress:
    """No service task runs on the instances. Draining does not stop standalone tasks: they count only with
    `wait_for_standalone`. `tasks` is the number of running tasks at the time of the plan."""
    running = [arn for each in container_instances for arn in _tasks_on(aws, cluster, each)]
    described = aws.describe(
        "ecs.describe_tasks", "tasks", of=running, by="tasks", size=limits.DESCRIBE_TASKS, cluster=cluster
    )
    moving = [each for each in described if wait_for_standalone or each.get("group", "").startswith("service:")]
    total = max(tasks, len(moving))
    if not moving:
        kept = f"; {counted(len(described), 'standalone task')} still running" if described else ""
        return Progress(total, total, f"Drained{kept}", finished=True)
    names = sorted({each.get("group", "").removeprefix("service:") for each in moving})
    message = f"{counted(len(moving), 'task')} still running: {_shortened(names)}"
    if placement_error := _placement_error(aws, cluster, names):
        message = f"{message}. {placement_error}"
    return Progress(total - len(moving), total, message)


@condition
def instances_gone(aws: Aws, cluster: str, container_instances: list[str]) -> Progress:
    """The container instances are deregistered."""
    remaining = _describe(aws, cluster, container_instances)
    done = len(container_instances) - len(remaining)
    names = _shortened([each.get("ec2InstanceId") or each["containerInstanceArn"] for each in remaining])
    message = f"Still registered: {names}" if remaining else "Deregistered"
    return Progress(done, len(container_instances), message, finished=not remaining)


@condition
def instances_terminated(aws: Aws, instances: list[str]) -> Progress:
    """The EC2 instances are terminated, or EC2 does not list them any more."""
    states = ec2_states(aws, instances)
    remaining = [name for name, (state, _) in states.items() if state != "terminated"]
    done = len(instances) - len(remaining)
    message = _shortened([f"{name} is {states[name][0]}" for name in remaining]) or "Terminated"
    return Progress(done, len(instances), message, finished=not remaining)


@reader
def container_instance_state(aws: Aws, cluster: str, container_instance: str) -> dict[str, Any] | None:
    described = _describe(aws, cluster, [container_instance])
    return {"status": described[0]["status"]} if described else None


@live_check
def launch_dry_run(aws: Aws, params: dict[str, Any]) -> Check:
    """Let EC2 check the image, the key pair, the quota and the permission to pass the role, without a launch."""
    try:
        aws.call("ec2.run_instances", **params)
    except AwsError as error:
        if error.retryable:
            raise
        if error.code != "DryRunOperation":
            title = "EC2 refuses the launch"
            return Check(Level.BLOCK, title, f"{error.code}: {error.message}", "Fix the problem in the form.")
    return Check(Level.OK, "EC2 accepts the launch")


def ec2_states(aws: Aws, instances: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return EC2 instance id -> state and reason of AWS, for the instances that EC2 lists."""
    filters = [{"Name": "instance-id", "Values": list(instances)}]
    reservations = aws.collect("ec2.describe_instances", "Reservations", Filters=filters)
    described = [each for reservation in reservations for each in reservation["Instances"]]
    return {
        each["InstanceId"]: (each["State"]["Name"], each.get("StateReason", {}).get("Message", ""))
        for each in described
    }


def _registered(aws: Aws, cluster: str) -> dict[str, str]:
    """Return EC2 instance id -> container instance ARN of the cluster's active instances."""
    arns = aws.collect(
        "ecs.list_container_instances",
        "containerInstanceArns",
        cluster=cluster,
        status="ACTIVE",
        maxResults=limits.PAGE,
    )
    return {each["ec2InstanceId"]: each["containerInstanceArn"] for each in _describe(aws, cluster, arns)}


def _describe(aws: Aws, cluster: str, arns: Sequence[str]) -> list[dict[str, Any]]:
    described = aws.describe(
        "ecs.describe_container_instances",
        "containerInstances",
        of=arns,
        by="containerInstances",
        size=limits.DESCRIBE_CONTAINER_INSTANCES,
        cluster=cluster,
    )
    return [each for each in described if each.get("status") != "INACTIVE"]


def _tasks_on(aws: Aws, cluster: str, container_instance: str) -> list[str]:
    return aws.collect(
        "ecs.list_tasks", "taskArns", cluster=cluster, containerInstance=container_instance, maxResults=limits.PAGE
    )


def _placement_error(aws: Aws, cluster: str, services: list[str]) -> str:
    """Return the last event of the first service that cannot place its tasks; empty when all can."""
    answer = aws.call("ecs.describe_services", cluster=cluster, services=services[: limits.DESCRIBE_SERVICES]).data
    events = [each["events"][0]["message"] for each in answer.get("services", []) if each.get("events")]
    return next((event for event in events if "unable to place" in event), "")


def _launch_failure(aws: Aws, group: str) -> str:
    answer = aws.call("autoscaling.describe_scaling_activities", AutoScalingGroupName=group, MaxRecords=1).data
    last = (answer.get("Activities") or [{}])[0]
    return str(last.get("StatusMessage", "")) if last.get("StatusCode") == "Failed" else ""


def _shortened(names: Sequence[str]) -> str:
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
