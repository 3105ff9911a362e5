"""From RUNNING to STOPPED: DEACTIVATING while targets drain, STOPPING, DEPROVISIONING, and an hour later forgotten."""

from ecsdash.sandbox.ecs.aws_services import Scope
from ecsdash.sandbox.ecs.engine import logs, notify, placement, targets
from ecsdash.sandbox.ecs.engine.behaviour import conduct
from ecsdash.sandbox.ecs.engine.definitions import container_definition
from ecsdash.sandbox.ecs.engine.events import say
from ecsdash.sandbox.ecs.engine.scheduling import poke, room_changed
from ecsdash.sandbox.ecs.models import Cluster, Task
from ecsdash.sandbox.ecs.state import World

_LONGEST_DRAIN = 10.0
_STOP_TIMEOUT = 30
_FORGET_SECONDS = 3600.0
FAILURES = ("TaskFailedToStart", "EssentialContainerExited")


def stop(world: World, scope: Scope, cluster: Cluster, task: Task, code: str, reason: str) -> None:
    if not task.live:
        return
    _mark(world, cluster, task, code, reason)
    targets.remove_names(world, scope, task)
    if not task.targets:
        _stop_containers(world, scope, cluster, task)
        return
    service = cluster.services.get(task.service)
    drain = targets.deregister(world, scope, service, task)
    if service:
        say(world, service, "has begun draining connections on 1 tasks.")
    _move(world, scope, cluster, task, "DEACTIVATING")
    # The simulated balancer has no connection in flight, so it does not need the whole deregistration delay.
    world.agenda.add(world.now + min(drain, _LONGEST_DRAIN), "task.drained", task.arn)


def cut_off(world: World, scope: Scope, cluster: Cluster, task: Task, code: str, reason: str) -> None:
    """The ground under the task is gone: it ends now, without a chance to say goodbye."""
    if task.last_status == "STOPPED":
        return
    if task.live:
        _mark(world, cluster, task, code, reason)
        targets.remove_names(world, scope, task)
        targets.deregister(world, scope, cluster.services.get(task.service), task)
    for container in task.containers:
        container.last_status, container.health = "STOPPED", ""
    _drop_interface(world, scope, task)
    _finish(world, scope, cluster, task)


def drained(world: World, task_arn: str) -> None:
    found = world.find_task(task_arn)
    if found and found[2].last_status == "DEACTIVATING":
        _stop_containers(world, *found)


def exited(world: World, task_arn: str) -> None:
    found = world.find_task(task_arn)
    if found is None or found[2].last_status != "STOPPING":
        return
    scope, cluster, task = found
    definition = world.definition(scope, task.definition_arn)
    for container in task.containers:
        if container.last_status == "RUNNING":
            body = container_definition(definition, container.name)
            container.exit_code = 137 if conduct(world, task, container, body).ignores_sigterm else 0
            logs.last_words(world, scope, task, container, body)
        container.last_status = "STOPPED"
    task.execution_stopped_at = world.now
    if not task.eni_id:
        _finish(world, scope, cluster, task)
        return
    _move(world, scope, cluster, task, "DEPROVISIONING")
    world.agenda.add(world.now + world.about(3), "task.deprovisioned", task.arn)


def deprovisioned(world: World, task_arn: str) -> None:
    found = world.find_task(task_arn)
    if found and found[2].last_status == "DEPROVISIONING":
        _drop_interface(world, found[0], found[2])
        _finish(world, *found)


def forgotten(world: World, task_arn: str) -> None:
    found = world.find_task(task_arn)
    if found:
        del found[1].tasks[found[2].id]


def _mark(world: World, cluster: Cluster, task: Task, code: str, reason: str) -> None:
    task.desired_status, task.stop_code, task.stopped_reason = "STOPPED", code, reason
    task.stopping_at = world.now
    if task.id in cluster.waiting:
        cluster.waiting.remove(task.id)
    service = cluster.services.get(task.service)
    if service:
        if code in FAILURES:
            world.agenda.add(world.now, "service.task_failed", service.arn, task.id)
        poke(world, service, 0.5)


def _stop_containers(world: World, scope: Scope, cluster: Cluster, task: Task) -> None:
    _move(world, scope, cluster, task, "STOPPING")
    definition = world.definition(scope, task.definition_arn)
    longest = 0.5
    for container in task.containers:
        body = container_definition(definition, container.name)
        if container.last_status == "RUNNING":
            stubborn = conduct(world, task, container, body).ignores_sigterm
            longest = max(longest, float(body.get("stopTimeout", _STOP_TIMEOUT)) if stubborn else 1.0)
    world.agenda.add(world.now + longest, "task.exited", task.arn)


def _drop_interface(world: World, scope: Scope, task: Task) -> None:
    if task.eni_id:
        world.links.delete_network_interface(scope, task.eni_id)


def _finish(world: World, scope: Scope, cluster: Cluster, task: Task) -> None:
    task.stopped_at = world.now
    task.execution_stopped_at = task.execution_stopped_at or world.now
    _move(world, scope, cluster, task, "STOPPED")
    instance = cluster.instances.get(task.instance)
    if instance:
        placement.release(world, instance, task, world.definition(scope, task.definition_arn))
        notify.instance_changed(world, scope, cluster, instance)
        room_changed(world, scope, cluster)
    service = cluster.services.get(task.service)
    if service:
        service.task_ids.pop(task.id, None)
        poke(world, service, 0.5)
    world.agenda.add(world.now + _FORGET_SECONDS, "task.forgotten", task.arn)


def _move(world: World, scope: Scope, cluster: Cluster, task: Task, status: str) -> None:
    task.last_status = status
    notify.task_changed(world, scope, cluster, task)
