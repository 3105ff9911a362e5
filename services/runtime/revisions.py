"""What runs and what is scheduled of a task definition family, and whether revisions are deleted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ecsdash.aws import limits
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AwsError
from ecsdash.operations.hooks import Progress, condition, live_check, reader
from ecsdash.operations.plan import Check, Level

NAMED_AT_MOST = 5


@condition
def task_definitions_deleted(aws: Aws, task_definitions: list[str]) -> Progress:
    """ECS deletes each revision, or has deleted it. It keeps one until its last task has stopped."""
    kept = {name: status for name in task_definitions if (status := _status(aws, name)) in ("ACTIVE", "INACTIVE")}
    done, total = len(task_definitions) - len(kept), len(task_definitions)
    if not kept:
        return Progress(done, total, f"{done} of {total} deleted", finished=True)
    names = ", ".join(f"{name} is {status}" for name, status in list(kept.items())[:NAMED_AT_MOST])
    return Progress(done, total, failed=f"ECS did not delete {len(kept)} of {total} revisions: {names}.")


@reader
def revisions_running(aws: Aws, family: str, revisions: Sequence[str], clusters: Sequence[str]) -> dict[str, Any]:
    """Return which of these revisions tasks run now."""
    found: set[str] = set()
    for cluster in clusters:
        arns = aws.collect("ecs.list_tasks", "taskArns", cluster=cluster, family=family, maxResults=limits.PAGE)
        tasks = aws.describe(
            "ecs.describe_tasks", "tasks", of=arns, by="tasks", size=limits.DESCRIBE_TASKS, cluster=cluster
        )
        found |= {each["taskDefinitionArn"].rpartition("/")[2] for each in tasks}
    return {"running": sorted(found & set(revisions))}


@live_check
def no_schedule_names(aws: Aws, task_definitions: list[str], clusters: list[str]) -> Check:
    """Check that neither EventBridge rules nor schedules that start tasks in these clusters name the revisions."""
    named: list[str] = []
    unknown: list[str] = []
    for what, scheduled in (("event rules", _of_rules), ("schedules", _of_schedules)):
        try:
            named += [
                f"{name} starts {arn.rpartition('/')[2]}"
                for name, arn in scheduled(aws, clusters)
                if arn in task_definitions
            ]
        except AwsError as error:
            if error.retryable:
                raise
            unknown.append(f"{what} ({error.code})")
    if named:
        fix = "Change these schedules first, or keep more revisions."
        return Check(Level.BLOCK, "Schedules or event rules start these revisions", "; ".join(sorted(named)), fix)
    if unknown:
        title = f"AWS did not list the {' and '.join(unknown)}"
        return Check(Level.WARN, title, "They may start revisions that you delete.", "Look at them in the AWS console.")
    return Check(Level.OK, "No schedule or event rule starts them")


def _of_rules(aws: Aws, clusters: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the name of each rule that starts tasks in these clusters, and the ARN of the task definition."""
    for cluster in clusters:
        for rule in aws.collect("events.list_rule_names_by_target", "RuleNames", TargetArn=cluster):
            for target in aws.collect("events.list_targets_by_rule", "Targets", Rule=rule):
                yield f"rule {rule}", target.get("EcsParameters", {}).get("TaskDefinitionArn", "")


def _of_schedules(aws: Aws, clusters: Sequence[str]) -> Iterator[tuple[str, str]]:
    for each in aws.collect("scheduler.list_schedules", "Schedules"):
        if each.get("Target", {}).get("Arn") in clusters:
            schedule = aws.call("scheduler.get_schedule", Name=each["Name"], GroupName=each["GroupName"]).data
            yield f"schedule {each['Name']}", schedule["Target"].get("EcsParameters", {}).get("TaskDefinitionArn", "")


def _status(aws: Aws, name: str) -> str:
    """Return the status of a revision, "" when it does not exist any more."""
    try:
        return str(aws.call("ecs.describe_task_definition", taskDefinition=name).data["taskDefinition"]["status"])
    except AwsError as error:
        if error.code == "ClientException":
            return ""
        raise
