"""Stop of a task: DEACTIVATING while targets drain, STOPPING, DEPROVISIONING, STOPPED; deleted an hour later."""

from ecsdash.sandbox.ecs.engine import logs, notify, placement, targets, volumes
from ecsdash.sandbox.ecs.engine.behaviour import effective_behaviour
from ecsdash.sandbox.ecs.engine.definitions import container_definition
from ecsdash.sandbox.ecs.engine.events import add_event
from ecsdash.sandbox.ecs.engine.scheduling import retry_placement, schedule_check
from ecsdash.sandbox.ecs.models import Cluster, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope

_LONGEST_DRAIN = 10.0
_STOP_TIMEOUT = 30
_FORGET_SECONDS = 3600.0
FAILURES = ("TaskFailedToStart", "EssentialContainerExited")


def stop(state: EcsState, scope: Scope, cluster: Cluster, task: Task, code: str, reason: str) -> None:
    if not task.live:
        return
    _mark(state, cluster, task, code, reason)
    targets.remove_names(state, scope, task)
    if not task.targets:
        _stop_containers(state, scope, cluster, task)
        return
    service = cluster.services.get(task.service)
    drain = targets.deregister(state, scope, service, task)
    if service:
        add_event(state, service, "has begun draining connections on 1 tasks.")
    _move(state, scope, cluster, task, "DEACTIVATING")
    # The simulated balancer has no connection in flight, so it does not need the whole deregistration delay.
    state.timers.add(state.now + min(drain, _LONGEST_DRAIN), "task.drained", task.arn)


def cut_off(state: EcsState, scope: Scope, cluster: Cluster, task: Task, code: str, reason: str) -> None:
    """Stop a task at once, without draining: its instance or zone is lost."""
    if task.last_status == "STOPPED":
        return
    if task.live:
        _mark(state, cluster, task, code, reason)
        targets.remove_names(state, scope, task)
        targets.deregister(state, scope, cluster.services.get(task.service), task)
    for container in task.containers:
        container.last_status, container.health = "STOPPED", ""
    _drop_interface(state, scope, task)
    _finish(state, scope, cluster, task)


def drained(state: EcsState, task_arn: str) -> None:
    found = state.find_task(task_arn)
    if found and found[2].last_status == "DEACTIVATING":
        _stop_containers(state, *found)


def exited(state: EcsState, task_arn: str) -> None:
    found = state.find_task(task_arn)
    if found is None or found[2].last_status != "STOPPING":
        return
    scope, cluster, task = found
    definition = state.definition(scope, task.definition_arn)
    for container in task.containers:
        if container.last_status == "RUNNING":
            body = container_definition(definition, container.name)
            container.exit_code = 137 if effective_behaviour(state, task, container, body).ignores_sigterm else 0
            logs.last_words(state, scope, task, container, body)
        container.last_status = "STOPPED"
    task.execution_stopped_at = state.now
    if not task.eni_id:
        _finish(state, scope, cluster, task)
        return
    _move(state, scope, cluster, task, "DEPROVISIONING")
    state.timers.add(state.now + state.about(3), "task.deprovisioned", task.arn)


def deprovisioned(state: EcsState, task_arn: str) -> None:
    found = state.find_task(task_arn)
    if found and found[2].last_status == "DEPROVISIONING":
        _drop_interface(state, found[0], found[2])
        _finish(state, *found)


def forgotten(state: EcsState, task_arn: str) -> None:
    found = state.find_task(task_arn)
    if found:
        del found[1].tasks[found[2].id]


def _mark(state: EcsState, cluster: Cluster, task: Task, code: str, reason: str) -> None:
    task.desired_status, task.stop_code, task.stopped_reason = "STOPPED", code, reason
    task.stopping_at = state.now
    if task.id in cluster.waiting:
        cluster.waiting.remove(task.id)
    service = cluster.services.get(task.service)
    if service:
        if code in FAILURES:
            state.timers.add(state.now, "service.task_failed", service.arn, task.id)
        schedule_check(state, service, 0.5)


def _stop_containers(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    _move(state, scope, cluster, task, "STOPPING")
    definition = state.definition(scope, task.definition_arn)
    longest = 0.5
    for container in task.containers:
        body = container_definition(definition, container.name)
        if container.last_status == "RUNNING":
            stubborn = effective_behaviour(state, task, container, body).ignores_sigterm
            longest = max(longest, float(body.get("stopTimeout", _STOP_TIMEOUT)) if stubborn else 1.0)
    state.timers.add(state.now + longest, "task.exited", task.arn)


def _drop_interface(state: EcsState, scope: Scope, task: Task) -> None:
    if task.eni_id:
        state.aws.delete_network_interface(scope, task.eni_id)


def _finish(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    task.stopped_at = state.now
    volumes.detach(state, scope, task)
    task.execution_stopped_at = task.execution_stopped_at or state.now
    _move(state, scope, cluster, task, "STOPPED")
    instance = cluster.instances.get(task.instance)
    if instance:
        placement.release(state, instance, task, state.definition(scope, task.definition_arn))
        notify.instance_changed(state, scope, cluster, instance)
        retry_placement(state, scope, cluster)
    service = cluster.services.get(task.service)
    if service:
        service.task_ids.pop(task.id, None)
        schedule_check(state, service, 0.5)
    state.timers.add(state.now + _FORGET_SECONDS, "task.forgotten", task.arn)


def _move(state: EcsState, scope: Scope, cluster: Cluster, task: Task, status: str) -> None:
    task.last_status = status
    notify.task_changed(state, scope, cluster, task)
