"""Which tasks of a service are healthy, failing or protected."""

from ecsdash.sandbox.ecs.engine import targets
from ecsdash.sandbox.ecs.models import Cluster, Service, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope

_SETTLE_SECONDS = 6.0
"""Seconds after which a running task without health checks counts as healthy."""


def look(state: EcsState, scope: Scope, cluster: Cluster, service: Service) -> None:
    for task in state.tasks_of(cluster, service):
        if task.live and task.targets:
            targets.look(state, scope, task)


def healthy(task: Task) -> bool:
    if not task.running or task.health == "UNHEALTHY":
        return False
    if any(container.health == "UNKNOWN" and container.essential for container in task.containers):
        return False
    return all(target.state == "healthy" for target in task.targets)


def settled(state: EcsState, service: Service, task: Task) -> bool:
    checked = bool(task.targets) or any(container.health for container in task.containers)
    waited = task.started_at is not None and state.now >= task.started_at + _SETTLE_SECONDS
    return healthy(task) and (checked or waited)


def failing(state: EcsState, service: Service, task: Task) -> str:
    """Return why the scheduler must replace the task, in AWS's words, or an empty text."""
    if not task.running or task.started_at is None:
        return ""
    grace_over = state.now >= task.started_at + (service.grace_period or 0)
    if grace_over and task.health == "UNHEALTHY":
        return "Task failed container health checks"
    unhealthy = next((target for target in task.targets if target.state == "unhealthy"), None)
    if grace_over and unhealthy:
        return f"Task failed ELB health checks in (target-group {unhealthy.target_group_arn})"
    return ""


def was_unhealthy(task: Task) -> bool:
    """Whether the scheduler stopped the task for its health checks."""
    return task.stopped_reason.startswith("Task failed ") and task.stop_code == "ServiceSchedulerInitiated"


def complaint(task: Task) -> str:
    """The service event about a failing task."""
    unhealthy = next((target for target in task.targets if target.state == "unhealthy"), None)
    if unhealthy is None:
        return f"(task {task.id}) failed container health checks."
    place = f"(port {unhealthy.port}) is unhealthy in (target-group {unhealthy.target_group_arn})"
    return f"{place} due to (reason Health checks failed with these codes: [500])."


def leaving(cluster: Cluster, task: Task) -> bool:
    """Whether its instance drains: it runs until its replacement does."""
    instance = cluster.instances.get(task.instance)
    return instance is not None and instance.status == "DRAINING"


def protected(state: EcsState, task: Task) -> bool:
    return task.protected_until is not None and state.now < task.protected_until
