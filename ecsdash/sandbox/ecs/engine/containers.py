"""The containers of one task: started in the order of their dependencies, checked, and gone when they exit."""

from ecsdash.sandbox.ecs.aws_services import Scope
from ecsdash.sandbox.ecs.engine import logs, notify, shutdown, targets
from ecsdash.sandbox.ecs.engine.behaviour import conduct
from ecsdash.sandbox.ecs.engine.definitions import container_definition
from ecsdash.sandbox.ecs.engine.scheduling import poke
from ecsdash.sandbox.ecs.models import Cluster, Container, Json, Task
from ecsdash.sandbox.ecs.state import World


def start_ready(world: World, scope: Scope, task: Task) -> None:
    """Starts every container whose dependencies are met."""
    definition = world.definition(scope, task.definition_arn)
    by_name = {container.name: container for container in task.containers}
    for container in task.containers:
        body = container_definition(definition, container.name)
        waits = [d for d in body.get("dependsOn", []) if not _met(by_name[d["containerName"]], d["condition"])]
        if not container.runtime_id and not waits:
            on_instance = world.hex_id() + world.hex_id()
            container.runtime_id = on_instance if task.instance else f"{task.id}-{int(on_instance[:8], 16):010d}"
            seconds = conduct(world, task, container, body).start_seconds
            world.agenda.add(world.now + world.about(seconds), "container.started", task.arn, container.name)


def started(world: World, task_arn: str, name: str) -> None:
    found = _find(world, task_arn, name)
    if found is None or found[3].last_status != "PENDING":
        return
    scope, cluster, task, container, body = found
    if not task.live:
        return
    container.last_status, container.started_at = "RUNNING", world.now
    logs.opening(world, scope, task, container, body)
    outcome = conduct(world, task, container, body)
    if outcome.runs_for is not None:
        world.agenda.add(world.now + world.about(outcome.runs_for), "container.exited", task.arn, name)
    if "healthCheck" in body:
        start_period = 0 if outcome.healthy else body["healthCheck"].get("startPeriod", 0)
        _check_later(world, task, body, outcome.healthy, start_period)
    _go_on(world, scope, cluster, task)


def checked(world: World, task_arn: str, name: str) -> None:
    found = _find(world, task_arn, name)
    if found is None or found[3].last_status != "RUNNING":
        return
    scope, cluster, task, container, body = found
    healthy = conduct(world, task, container, body).healthy
    container.health = "HEALTHY" if healthy else "UNHEALTHY"
    if task.live:
        _go_on(world, scope, cluster, task)
    else:
        notify.task_changed(world, scope, cluster, task)


def check_again(world: World, scope: Scope, task: Task) -> None:
    """The outcome of the health checks may be another from now on."""
    definition = world.definition(scope, task.definition_arn)
    for container in task.containers:
        body = container_definition(definition, container.name)
        healthy = conduct(world, task, container, body).healthy
        if container.last_status == "RUNNING" and container.health == ("UNHEALTHY" if healthy else "HEALTHY"):
            _check_later(world, task, body, healthy, 0)


def exited(world: World, task_arn: str, name: str) -> None:
    found = _find(world, task_arn, name)
    if found is None or found[3].last_status != "RUNNING":
        return
    scope, cluster, task, container, body = found
    outcome = conduct(world, task, container, body)
    if outcome.runs_for is None:
        return  # the weather that would have ended it is over
    container.last_status, container.exit_code = "STOPPED", outcome.exit_code
    container.reason = outcome.exit_reason
    logs.last_words(world, scope, task, container, body)
    if container.essential:
        reason = "Essential container in task exited"
        shutdown.stop(world, scope, cluster, task, "EssentialContainerExited", reason)
    elif task.live:
        _go_on(world, scope, cluster, task)


def activated(world: World, task_arn: str) -> None:
    found = world.find_task(task_arn)
    if found and found[2].live and found[2].last_status == "ACTIVATING":
        _run(world, *found)
        notify.task_changed(world, *found)


def _check_later(world: World, task: Task, body: Json, healthy: bool, start_period: float) -> None:
    """A single success makes a container healthy, so many failures in a row as configured make it unhealthy."""
    check = body["healthCheck"]
    seconds = check["interval"] if healthy else start_period + check["retries"] * check["interval"]
    world.agenda.add(world.now + seconds, "container.checked", task.arn, body["name"])


def _go_on(world: World, scope: Scope, cluster: Cluster, task: Task) -> None:
    start_ready(world, scope, task)
    service = cluster.services.get(task.service)
    if task.last_status == "PENDING" and all(container.last_status != "PENDING" for container in task.containers):
        if service and task.load_balancers:
            targets.register(world, scope, cluster, service, task)
            task.last_status = "ACTIVATING"
            world.agenda.add(world.now + world.about(2), "task.activated", task.arn)
        else:
            _run(world, scope, cluster, task)
    notify.task_changed(world, scope, cluster, task)
    if service:
        poke(world, service, 0.5)


def _run(world: World, scope: Scope, cluster: Cluster, task: Task) -> None:
    task.last_status, task.started_at = "RUNNING", world.now
    targets.add_names(world, scope, task)
    logs.schedule(world, task)
    service = cluster.services.get(task.service)
    if service:
        poke(world, service, 0.5)


def _met(dependency: Container, condition: str) -> bool:
    if condition == "START":
        return dependency.last_status != "PENDING"
    if condition == "HEALTHY":
        return dependency.health == "HEALTHY"
    return dependency.last_status == "STOPPED" and (condition == "COMPLETE" or dependency.exit_code == 0)


def _find(world: World, task_arn: str, name: str) -> tuple[Scope, Cluster, Task, Container, Json] | None:
    found = world.find_task(task_arn)
    if found is None:
        return None
    scope, cluster, task = found
    container = next(container for container in task.containers if container.name == name)
    return scope, cluster, task, container, container_definition(world.definition(scope, task.definition_arn), name)
