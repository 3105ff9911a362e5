"""The containers of a task: start in the order of their dependencies, health checks, exit."""

from ecsdash.sandbox.ecs.engine import logs, notify, shutdown, targets
from ecsdash.sandbox.ecs.engine.behaviour import Behaviour, effective_behaviour
from ecsdash.sandbox.ecs.engine.definitions import container_definition
from ecsdash.sandbox.ecs.engine.scheduling import schedule_check
from ecsdash.sandbox.ecs.models import Cluster, Container, Json, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope


def start_ready(state: EcsState, scope: Scope, task: Task) -> None:
    """Starts every container whose dependencies are met."""
    definition = state.definition(scope, task.definition_arn)
    by_name = {container.name: container for container in task.containers}
    for container in task.containers:
        body = container_definition(definition, container.name)
        waits = [d for d in body.get("dependsOn", []) if not _met(by_name[d["containerName"]], d["condition"])]
        if not container.runtime_id and not waits:
            on_instance = state.hex_id() + state.hex_id()
            container.runtime_id = on_instance if task.instance else f"{task.id}-{int(on_instance[:8], 16):010d}"
            seconds = effective_behaviour(state, task, container, body).start_seconds
            state.timers.add(state.now + state.about(seconds), "container.started", task.arn, container.name)


def started(state: EcsState, task_arn: str, name: str) -> None:
    found = _find(state, task_arn, name)
    if found is None or found[3].last_status != "PENDING":
        return
    scope, cluster, task, container, body = found
    if not task.live:
        return
    outcome = effective_behaviour(state, task, container, body)
    if not outcome.starts:
        _end(state, scope, cluster, task, container, body, outcome)
        return
    container.last_status, container.started_at = "RUNNING", state.now
    logs.opening(state, scope, task, container, body)
    if outcome.runs_for is not None:
        state.timers.add(state.now + state.about(outcome.runs_for), "container.exited", task.arn, name)
    if "healthCheck" in body:
        start_period = 0 if outcome.healthy else body["healthCheck"].get("startPeriod", 0)
        _check_later(state, task, body, outcome.healthy, start_period)
    _go_on(state, scope, cluster, task)


def checked(state: EcsState, task_arn: str, name: str) -> None:
    found = _find(state, task_arn, name)
    if found is None or found[3].last_status != "RUNNING":
        return
    scope, cluster, task, container, body = found
    healthy = effective_behaviour(state, task, container, body).healthy
    container.health = "HEALTHY" if healthy else "UNHEALTHY"
    if task.live:
        _go_on(state, scope, cluster, task)
    else:
        notify.task_changed(state, scope, cluster, task)


def check_again(state: EcsState, scope: Scope, task: Task) -> None:
    """Schedule health checks whose result changes because of a fault."""
    definition = state.definition(scope, task.definition_arn)
    for container in task.containers:
        body = container_definition(definition, container.name)
        healthy = effective_behaviour(state, task, container, body).healthy
        if container.last_status == "RUNNING" and container.health == ("UNHEALTHY" if healthy else "HEALTHY"):
            _check_later(state, task, body, healthy, 0)


def exited(state: EcsState, task_arn: str, name: str) -> None:
    found = _find(state, task_arn, name)
    if found is None or found[3].last_status != "RUNNING":
        return
    scope, cluster, task, container, body = found
    outcome = effective_behaviour(state, task, container, body)
    if outcome.runs_for is None:
        return  # the fault that would have ended it is off
    _end(state, scope, cluster, task, container, body, outcome)


def _end(
    state: EcsState, scope: Scope, cluster: Cluster, task: Task, container: Container, body: Json, outcome: Behaviour
) -> None:
    container.last_status, container.exit_code = "STOPPED", outcome.exit_code
    container.reason = outcome.exit_reason
    logs.last_words(state, scope, task, container, body)
    if container.essential:
        reason = "Essential container in task exited"
        shutdown.stop(state, scope, cluster, task, "EssentialContainerExited", reason)
    elif task.live:
        _go_on(state, scope, cluster, task)


def activated(state: EcsState, task_arn: str) -> None:
    found = state.find_task(task_arn)
    if found and found[2].live and found[2].last_status == "ACTIVATING":
        _run(state, *found)
        notify.task_changed(state, *found)


def _check_later(state: EcsState, task: Task, body: Json, healthy: bool, start_period: float) -> None:
    """A single success makes a container healthy, so many failures in a row as configured make it unhealthy."""
    check = body["healthCheck"]
    seconds = check["interval"] if healthy else start_period + check["retries"] * check["interval"]
    state.timers.add(state.now + seconds, "container.checked", task.arn, body["name"])


def _go_on(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    start_ready(state, scope, task)
    service = cluster.services.get(task.service)
    if task.last_status == "PENDING" and all(container.last_status != "PENDING" for container in task.containers):
        if service and task.load_balancers:
            targets.register(state, scope, cluster, service, task)
            task.last_status = "ACTIVATING"
            state.timers.add(state.now + state.about(2), "task.activated", task.arn)
        else:
            _run(state, scope, cluster, task)
    notify.task_changed(state, scope, cluster, task)
    if service:
        schedule_check(state, service, 0.5)


def _run(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    task.last_status, task.started_at = "RUNNING", state.now
    targets.add_names(state, scope, task)
    logs.schedule(state, task)
    service = cluster.services.get(task.service)
    if service:
        for deployment in service.deployments:
            deployment.has_run |= deployment.id == task.deployment
        schedule_check(state, service, 0.5)


def _met(dependency: Container, condition: str) -> bool:
    if condition == "START":
        return dependency.last_status != "PENDING"
    if condition == "HEALTHY":
        return dependency.health == "HEALTHY"
    return dependency.last_status == "STOPPED" and (condition == "COMPLETE" or dependency.exit_code == 0)


def _find(state: EcsState, task_arn: str, name: str) -> tuple[Scope, Cluster, Task, Container, Json] | None:
    found = state.find_task(task_arn)
    if found is None:
        return None
    scope, cluster, task = found
    container = next(container for container in task.containers if container.name == name)
    return scope, cluster, task, container, container_definition(state.definition(scope, task.definition_arn), name)
