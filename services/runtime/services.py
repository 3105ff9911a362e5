"""Conditions, look-ups and readers of services."""

import re
from collections.abc import Sequence
from typing import Any

from ecsdash.aws import limits
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.operations.hooks import Progress, condition, lookup, reader
from ecsdash.operations.models import OperationStep
from services.models import Task
from services.models.task import FAILED
from services.runtime.tasks import why_stopped
from services.verdicts.services import judge_blocking

#: IDs of tasks in the event of a service.
TASKS = re.compile(r":?(?> \(task \w+\))+")
#: Numbers of tasks in such an event, which are no longer true a moment later.
COUNTED = re.compile(r"\b(started|stopped|on) \d+ ((?:running )?tasks)")
FAILED_LOOKED_AT = 20


@condition
def service_steady(
    aws: Aws, cluster: str, service: str, deployments: Sequence[dict[str, Any]] = (), task_definition: str = ""
) -> Progress:
    """Wait until all tasks run in one completed deployment.

    If given, it must be the primary one of `deployments`, from the result of the call before, with this
    `task_definition`.
    """
    deployment = primary_of({"deployments": deployments}).get("id", "")
    found = describe(aws, cluster, service)
    if found is None:
        return Progress(message="Waiting until ECS lists the service")
    if found["status"] != "ACTIVE":
        return Progress(failed=f"The service {service} is {found['status'].lower()}.")
    primary = primary_of(found)
    failure = _failure(aws, found, primary, deployment, task_definition)
    if failure:
        return Progress(0, max(1, found["desiredCount"]), "", failed=failure)
    running, desired = primary.get("runningCount", 0), found["desiredCount"]
    completed = primary.get("rolloutState", "COMPLETED") == "COMPLETED" and len(found["deployments"]) == 1
    finished = completed and running == desired == found["runningCount"]
    message = f"{running} of {desired} tasks running" if finished else _words(aws, found, primary)
    return Progress(min(running, desired), max(1, desired), message, finished=finished)


@condition
def service_empty(aws: Aws, cluster: str, service: str, tasks: int) -> Progress:
    """Wait until all tasks of the service have stopped; `tasks` is their number at the start."""
    found = describe(aws, cluster, service)
    left = found["runningCount"] + found["pendingCount"] if found else 0
    total = max(1, tasks, left)
    return Progress(
        total - left, total, f"{left} tasks not stopped yet" if left else "All tasks are stopped", finished=not left
    )


@condition
def service_gone(aws: Aws, cluster: str, service: str) -> Progress:
    found = describe(aws, cluster, service)
    status = found["status"] if found else "INACTIVE"
    left = found["runningCount"] if found else 0
    gone = status == "INACTIVE"
    return Progress(int(gone), 1, "Deleted" if gone else f"Draining: {left} running tasks", finished=gone)


@reader
def service_state(aws: Aws, cluster: str, service: str) -> dict[str, Any] | None:
    """Return the values that actions on services change; None if the service does not exist."""
    found = describe(aws, cluster, service)
    return None if found is None or found["status"] == "INACTIVE" else state_of(found)


@reader
def service_settings(aws: Aws, cluster: str, service: str, names: Sequence[str]) -> dict[str, Any] | None:
    """Return members of the service's description; None if the service does not exist."""
    found = describe(aws, cluster, service)
    return None if found is None or found["status"] == "INACTIVE" else settings_of(found, names)


@lookup
def forced_deployment(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the service if its primary deployment differs from the one in the plan."""
    operation = OperationStep.objects.select_related("operation").get(pk=step_id).operation
    place = {"cluster": params["cluster"], "service": params["service"]}
    seen = next(
        each.values for each in operation.plan.observes if (each.reader, each.identity) == ("service_state", place)
    )
    found = describe(aws, params["cluster"], params["service"])
    if found is None or seen is None or primary_of(found).get("id") == seen["deployment"]:
        return None
    return {"service": found}


def state_of(service: dict[str, Any]) -> dict[str, Any]:
    """Return the values that observations compare, from a service as ECS describes it."""
    configuration = service.get("deploymentConfiguration", {})
    return {
        "status": service["status"],
        "task definition": service.get("taskDefinition", "").rpartition("/")[2],
        "desired tasks": service.get("desiredCount", 0),
        "deployment": primary_of(service).get("id", ""),
        "minimum running tasks %": configuration.get("minimumHealthyPercent"),
        "maximum running tasks %": configuration.get("maximumPercent"),
        "deployment circuit breaker": breaker_words(configuration.get("deploymentCircuitBreaker", {})),
        "health check grace period": service.get("healthCheckGracePeriodSeconds"),
        "ECS Exec": service.get("enableExecuteCommand", False),
    }


def settings_of(service: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return members of a service as ECS describes it; the task definition as `family:revision`."""
    values = {name: service.get(name) for name in names}
    named = values.get("taskDefinition")
    return {**values, "taskDefinition": str(named).rpartition("/")[2]} if named else values


def breaker_words(breaker: dict[str, Any]) -> str:
    if not breaker.get("enable"):
        return "off"
    return "rolls back" if breaker.get("rollback") else "stops the deployment"


def describe(aws: Aws, cluster: str, service: str) -> dict[str, Any] | None:
    try:
        found = aws.call("ecs.describe_services", cluster=cluster, services=[service]).data.get("services", [])
    except NotFound:
        return None
    return found[0] if found else None


def primary_of(service: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next((each for each in service.get("deployments", []) if each["status"] == "PRIMARY"), {})
    return found


def _failure(aws: Aws, service: dict[str, Any], primary: dict[str, Any], deployment: str, task_definition: str) -> str:
    """Return why the service cannot reach the wanted state any more; empty while it can."""
    if primary.get("rolloutState") == "FAILED":
        return _because(aws, service, f"The deployment failed: {primary.get('rolloutStateReason', '')}", primary["id"])
    other_revision = task_definition and primary.get("taskDefinition") != task_definition
    if not other_revision and (not deployment or primary.get("id") == deployment):
        return ""
    revision = primary.get("taskDefinition", "").rpartition("/")[2]
    ours: dict[str, Any] = next((each for each in service["deployments"] if each["id"] == deployment), {})
    rolls_back = "rolling back" in primary.get("rolloutStateReason", "") or ours.get("rolloutState") == "FAILED"
    if rolls_back or any("rolling back to" in event["message"] for event in service.get("events", [])[:5]):
        return _because(aws, service, f"The deployment failed, and ECS rolled back to {revision}.", deployment)
    return f"Another deployment, of {revision}, has replaced this one."


def _because(aws: Aws, service: dict[str, Any], what: str, deployment: str) -> str:
    reason = _newest_failure(aws, service, deployment)
    return f"{what} {reason}".strip()


def _words(aws: Aws, service: dict[str, Any], primary: dict[str, Any]) -> str:
    """Return `1 of 3 tasks running, 2 pending, 4 failed. <reason of the newest failure, or newest event>`."""
    parts = [f"{primary.get('runningCount', 0)} of {service['desiredCount']} tasks running"]
    parts += [f"{primary['pendingCount']} pending"] if primary.get("pendingCount") else []
    failed = primary.get("failedTasks", 0)
    parts += [f"{failed} failed"] if failed else []
    reason = _newest_failure(aws, service, primary["id"]) if failed else _uncounted_failures(service, primary["id"])
    return f"{', '.join(parts)}. {reason or _event_in_words(service, primary)}".strip()


def _uncounted_failures(service: dict[str, Any], deployment: str) -> str:
    """Return how many tasks ended after their start, and why the newest did, from the inventory: ECS counts only tasks
    that do not start or fail their health checks, so such a deployment never ends by itself."""
    place = {"cluster_name": service["clusterArn"].rpartition("/")[2], "service_name": service["serviceName"]}
    ended = Task.objects.filter(FAILED, **place, started_by=deployment, last_status="STOPPED").order_by("-stopped_at")
    newest = ended.first()
    if newest is None:
        return ""
    number = ended.count()
    tasks = "1 task" if number == 1 else f"{number} tasks"
    return f"{tasks} ended after the start, which ECS does not count as failed. {why_stopped(newest.description)}"


def _event_in_words(service: dict[str, Any], primary: dict[str, Any]) -> str:
    """Return the newest event of the deployment as a sentence: why tasks cannot start, or what ECS did. Without the IDs
    of tasks; what was counted then is not said, because it changes."""
    events = service.get("events", [])
    event = next(iter(events), {"message": ""})
    begun, at = primary.get("createdAt"), event.get("createdAt")
    if begun and at and at < begun:
        return ""
    message = event["message"].removeprefix(f"(service {service['serviceName']}) ")
    if verdict := judge_blocking(message):
        return f"{verdict.what} {verdict.how}"
    message = COUNTED.sub(r"\1 \2", TASKS.sub("", message))
    return f"The service {message}" if message.startswith(("has ", "is ", "was ")) else message


def _newest_failure(aws: Aws, service: dict[str, Any], deployment: str) -> str:
    """Return why the last failed task of this deployment stopped."""
    where = {"cluster": service["clusterArn"], "serviceName": service["serviceName"]}
    arns = aws.call("ecs.list_tasks", desiredStatus="STOPPED", **where).data.get("taskArns", [])[:FAILED_LOOKED_AT]
    tasks = aws.describe(
        "ecs.describe_tasks", "tasks", of=arns, by="tasks", size=limits.DESCRIBE_TASKS, cluster=service["clusterArn"]
    )
    failed = [
        task
        for task in tasks
        if task.get("stopCode") in ("TaskFailedToStart", "EssentialContainerExited") or "health" in _reason(task)
    ]
    mine = [task for task in failed if not deployment or task.get("startedBy") == deployment]
    if not mine:
        return ""
    return why_stopped(max(mine, key=lambda task: str(task.get("stoppedAt", ""))))


def _reason(task: dict[str, Any]) -> str:
    return str(task.get("stoppedReason", "")).lower()
