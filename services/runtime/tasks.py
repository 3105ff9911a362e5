"""Conditions and readers of tasks."""

from collections.abc import Sequence
from typing import Any, Final

from ecsdash.aws import limits
from ecsdash.aws.calls import Aws
from ecsdash.operations.hooks import Progress, condition, reader
from services.models import TaskDefinition
from services.verdicts.facts import facts_of
from services.verdicts.tasks import judge

#: Between two checks whether tasks have ended.
ENDED_SECONDS: Final = 3.0


@condition
def tasks_started(
    aws: Aws, cluster: str, tasks: Sequence[dict[str, Any]], failures: Sequence[dict[str, Any]], count: int
) -> Progress:
    """Wait until all `count` tasks run or have exited with code 0. The first failed task ends the wait."""
    if len(tasks) < count:
        return Progress(len(tasks), count, failed=_not_placed(count - len(tasks), failures))
    found = _describe(aws, cluster, [each["taskArn"] for each in tasks])
    for task in found:
        if task["lastStatus"] == "STOPPED" and not _succeeded(task):
            return Progress(0, count, failed=why_stopped(task))
    done = [task for task in found if task["lastStatus"] in ("RUNNING", "STOPPED")]
    if len(done) == count:
        return Progress(count, count, _words(found), finished=True)
    return Progress(len(done), count, _words(found))


@condition
def tasks_ended(aws: Aws, cluster: str, tasks: Sequence[dict[str, Any]], consequence: str = "") -> Progress:
    """Wait until all tasks have ended with exit code 0 in their essential containers. The first failed task ends the
    wait; `consequence` says what did not happen because of it."""
    found = _describe(aws, cluster, [each["taskArn"] for each in tasks])
    for task in found:
        if task["lastStatus"] == "STOPPED" and not _succeeded(task):
            return Progress(0, len(tasks), exit_codes([task]), failed=f"{why_stopped(task)} {consequence}".strip())
    ended = [task for task in found if task["lastStatus"] == "STOPPED"]
    if len(ended) == len(tasks):
        return Progress(len(tasks), len(tasks), exit_codes(ended), finished=True)
    if len(found) < len(tasks):
        lost = f"ECS no longer lists {len(tasks) - len(found)} of the tasks: their exit codes are not known."
        return Progress(len(ended), len(tasks), failed=f"{lost} {consequence}".strip())
    return Progress(len(ended), len(tasks), _words(found), seconds=ENDED_SECONDS)


@condition
def tasks_stopped(aws: Aws, cluster: str, tasks: Sequence[str]) -> Progress:
    """Wait until the tasks have stopped. A task that ECS no longer lists counts as stopped."""
    left = [task for task in _describe(aws, cluster, tasks) if task["lastStatus"] != "STOPPED"]
    done = len(tasks) - len(left)
    return Progress(done, len(tasks), _words(left) if left else "Stopped", finished=not left)


@reader
def task(aws: Aws, cluster: str, task: str) -> dict[str, Any] | None:
    found = _describe(aws, cluster, [task])
    return {"desiredStatus": found[0]["desiredStatus"]} if found else None


def why_stopped(described: dict[str, Any]) -> str:
    """Return one line: the task, why it stopped, and how to fix it."""
    name = described["taskArn"].rpartition("/")[2][:12]
    verdict = judge(facts_of(described, _definition_of(described)))
    if verdict is None:
        return f"Task {name} stopped. ECS gave no reason."
    return f"Task {name}: {verdict.what} {verdict.how} ({verdict.raw})"


def _describe(aws: Aws, cluster: str, tasks: Sequence[str]) -> list[dict[str, Any]]:
    return aws.describe(
        "ecs.describe_tasks", "tasks", of=tasks, by="tasks", size=limits.DESCRIBE_TASKS, cluster=cluster
    )


def exit_codes(found: Sequence[dict[str, Any]]) -> str:
    """`Exit codes: web 0, log 0`"""
    codes = [
        f"{each.get('name', '')} {each['exitCode']}"
        for task in found
        for each in task.get("containers", [])
        if each.get("exitCode") is not None
    ]
    return f"Exit codes: {', '.join(codes)}" if codes else "No container has an exit code"


def _succeeded(described: dict[str, Any]) -> bool:
    """Return whether the task ended by itself, with no other exit code than 0 in an essential container."""
    facts = facts_of(described, _definition_of(described))
    codes = [each.exit_code for each in facts.containers if each.essential is not False]
    return facts.stop_code == "EssentialContainerExited" and all(code in (0, None) for code in codes)


def _definition_of(described: dict[str, Any]) -> dict[str, Any] | None:
    known = TaskDefinition.objects.filter(arn=described.get("taskDefinitionArn", ""))
    return known.values_list("description", flat=True).first()


def _words(found: Sequence[dict[str, Any]]) -> str:
    """`2 running, 1 pending`"""
    counts: dict[str, int] = {}
    for each in found:
        counts[each["lastStatus"].lower()] = counts.get(each["lastStatus"].lower(), 0) + 1
    return ", ".join(f"{count} {status}" for status, count in counts.items())


def _not_placed(missing: int, failures: Sequence[dict[str, Any]]) -> str:
    reasons = sorted({f"{each.get('reason', '')} {each.get('detail', '')}".strip() for each in failures})
    return f"{missing} tasks could not be placed: {', '.join(reasons) or 'ECS gave no reason'}."
