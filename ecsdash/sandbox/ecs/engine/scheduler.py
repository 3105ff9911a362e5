"""The service scheduler: starts, stops and replaces tasks until the service has its desired state."""

from ecsdash.sandbox.ecs.engine import health, notify, rollout, shutdown, stages, task_specs, zones
from ecsdash.sandbox.ecs.engine.events import add_event, listed
from ecsdash.sandbox.ecs.engine.launch import launch
from ecsdash.sandbox.ecs.engine.placement import Refusal, shortage
from ecsdash.sandbox.ecs.engine.scheduling import schedule_check
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance, Deployment, Service, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope

_BUSY_SECONDS = 2.0
_WATCH_SECONDS = 10.0
_COMPLAIN_AGAIN = 300.0
_PATIENCE = 5
"""Failures in a row before starts slow down."""
_IMPAIRED = (
    "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the "
    "Amazon ECS Developer Guide."
)


def check(state: EcsState, service_arn: str, due: str) -> None:
    found = state.find_service(service_arn)
    if found is None or found[2].check_at != float(due):
        return
    scope, cluster, service = found
    service.check_at = 0.0
    if service.status == "INACTIVE":
        return
    health.look(state, scope, cluster, service)
    _replace_unhealthy(state, scope, cluster, service)
    if service.scheduling_strategy == "DAEMON":
        _balance_daemons(state, scope, cluster, service)
    elif stages.holds(service):
        _balance_colours(state, scope, cluster, service)
    else:
        _balance_replicas(state, scope, cluster, service)
    rollout.progress(state, cluster, service)
    if service.status == "ACTIVE" and not service.steady:
        schedule_check(state, service, _BUSY_SECONDS)
    elif service.status == "ACTIVE" and service.revision.load_balancers:
        schedule_check(state, service, _WATCH_SECONDS)


def task_failed(state: EcsState, service_arn: str, task_id: str) -> None:
    """Count a task that did not start or exited."""
    found = state.find_service(service_arn)
    task = found[1].tasks.get(task_id) if found else None
    if found is None or task is None:
        return
    _, cluster, service = found
    service.failures += 1
    if service.failures > _PATIENCE:
        delay = min(300.0, 5.0 * 2 ** (service.failures - _PATIENCE))
        service.retry_at = state.now + delay
        if _complain(state, service, _IMPAIRED):
            notify.service_acted(state, cluster, service, "SERVICE_TASK_START_IMPAIRED")
    rollout.count_failure(state, cluster, service, task)
    schedule_check(state, service, 0.5)


def _replace_unhealthy(state: EcsState, scope: Scope, cluster: Cluster, service: Service) -> None:
    for task in list(state.tasks_of(cluster, service)):
        reason = health.failing(state, service, task)
        if reason:
            add_event(state, service, health.complaint(task))
            shutdown.stop(state, scope, cluster, task, "ServiceSchedulerInitiated", reason)
            task_failed(state, service.arn, task.id)


def _balance_replicas(state: EcsState, scope: Scope, cluster: Cluster, service: Service) -> None:
    live = [task for task in state.tasks_of(cluster, service) if task.live]
    staying = [task for task in live if not health.leaving(cluster, task)]
    lower, upper = rollout.bounds(service)
    current = [task for task in staying if task.deployment == service.primary.id]
    desired = zones.goal(state, scope, cluster, service, current)
    _stop_surplus(state, scope, cluster, service, current, desired)
    _stop_outdated(state, scope, cluster, service, live, current, lower)
    live = [task for task in live if task.live]
    current = [task for task in current if task.live]
    missing = desired - len(current)
    room = upper - len(live)
    if missing > 0 and _may_start(state, service):
        _start(state, scope, cluster, service, min(missing, room))
        if room <= 0:
            _complain_about_bounds(state, service, live, lower)


def _balance_colours(state: EcsState, scope: Scope, cluster: Cluster, service: Service) -> None:
    """A deployment in stages: source and target keep their tasks; tasks of other deployments are stopped."""
    live = [task for task in state.tasks_of(cluster, service) if task.live]
    staying = [task for task in live if not health.leaving(cluster, task)]
    wanted = stages.wanted(service)
    known = {deployment.id for deployment, _ in wanted}
    useless = [task for task in live if task.deployment not in known]
    for deployment, count in wanted:
        mine = [task for task in staying if task.deployment == deployment.id]
        _stop_surplus(state, scope, cluster, service, mine, count)
        if sum(health.settled(state, service, task) for task in mine) >= count:
            useless += [task for task in live if task.deployment == deployment.id and task not in staying]
        missing = count - sum(task.live for task in mine)
        if missing > 0 and (deployment is not service.primary or _may_start(state, service)):
            _start(state, scope, cluster, service, missing, deployment=deployment)
    _stop(state, scope, cluster, service, [task for task in useless if not health.protected(state, task)])


def _stop_surplus(
    state: EcsState, scope: Scope, cluster: Cluster, service: Service, current: list[Task], desired: int
) -> None:
    surplus = len(current) - desired
    if surplus <= 0:
        return
    free = [task for task in current if not health.protected(state, task)]
    zones = [task.zone for task in current]
    free.sort(key=lambda task: (task.running, -zones.count(task.zone), -task.created_at))
    _stop(state, scope, cluster, service, free[:surplus])


def _stop_outdated(
    state: EcsState,
    scope: Scope,
    cluster: Cluster,
    service: Service,
    live: list[Task],
    current: list[Task],
    lower: int,
) -> None:
    """Stop old and draining tasks within the minimum healthy percent; tasks that do not count are stopped at once."""
    outdated = [task for task in live if task not in current and not health.protected(state, task)]
    useless = [task for task in outdated if not health.healthy(task)]
    useful = [task for task in outdated if health.healthy(task)]
    serving = sum(health.settled(state, service, task) for task in current if task.live) + len(useful)
    allowed = len(useful) if service.desired_count == 0 else max(0, serving - lower)
    _stop(state, scope, cluster, service, useless + useful[:allowed])


def _stop(state: EcsState, scope: Scope, cluster: Cluster, service: Service, tasks: list[Task]) -> None:
    if not tasks:
        return
    for task in tasks:
        reason = f"Scaling activity initiated by (deployment {service.primary.id})"
        shutdown.stop(state, scope, cluster, task, "ServiceSchedulerInitiated", reason)
    add_event(state, service, f"has stopped {len(tasks)} running tasks: {listed(tasks)}.")


def _start(
    state: EcsState,
    scope: Scope,
    cluster: Cluster,
    service: Service,
    count: int,
    only: list[ContainerInstance] | None = None,
    deployment: Deployment | None = None,
) -> None:
    """Starts tasks of the PRIMARY deployment, or of another one."""
    results = []
    for _ in range(count):
        spec = task_specs.for_service(state, scope, cluster, service, deployment or service.primary)
        results.append(launch(state, scope, cluster, spec, only))
        if not isinstance(results[-1], Task):
            break
    started = [result for result in results if isinstance(result, Task)]
    if started:
        add_event(state, service, f"has started {len(started)} tasks: {listed(started)}.")
    if results and not isinstance(results[-1], Task):
        _complain_about_room(state, cluster, service, results[-1])


def _balance_daemons(state: EcsState, scope: Scope, cluster: Cluster, service: Service) -> None:
    """One task on each active instance. An outdated task is stopped before its replacement starts."""
    on_instance: dict[str, list[Task]] = {}
    for task in state.tasks_of(cluster, service):
        if task.live:
            on_instance.setdefault(task.instance, []).append(task)
    active = [instance for instance in cluster.instances.values() if _hosts_daemon(service, instance)]
    service.desired_count = len(active) if service.status == "ACTIVE" else 0
    service.primary.desired_count = service.desired_count
    lower, _ = rollout.bounds(service)
    running = [task for tasks in on_instance.values() for task in tasks if task.running]
    outdated = [task for task in running if task.deployment != service.primary.id]
    _stop(state, scope, cluster, service, outdated[: max(0, len(running) - lower)])
    for instance in active:
        if service.status == "ACTIVE" and instance.id not in on_instance and _may_start(state, service):
            _start(state, scope, cluster, service, 1, only=[instance])
    for instance_id, tasks in on_instance.items():
        if service.status != "ACTIVE" or instance_id not in {instance.id for instance in active}:
            _stop(state, scope, cluster, service, [task for task in tasks if task.live])


def _hosts_daemon(service: Service, instance: ContainerInstance) -> bool:
    providers = [item["capacityProvider"] for item in service.revision.capacity_provider_strategy]
    return instance.status == "ACTIVE" and (not providers or instance.capacity_provider in providers)


def _may_start(state: EcsState, service: Service) -> bool:
    return service.status == "ACTIVE" and service.primary.rollout_state != "FAILED" and state.now >= service.retry_at


def _complain_about_room(state: EcsState, cluster: Cluster, service: Service, refusals: list[Refusal]) -> None:
    reason = shortage(refusals)
    reason = reason if refusals else f"Reason: {reason}"
    fargate = any(refusal.instance is None for refusal in refusals)
    cause = "" if fargate else " because no container instance met all of its requirements"
    message = (
        f"was unable to place a task{cause}. {reason} "
        "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
    )
    if _complain(state, service, message):
        detail = {
            "reason": refusals[0].reason if refusals else "NO_CONTAINER_INSTANCES",
            "containerInstanceArns": [refusal.instance.arn for refusal in refusals if refusal.instance],
        }
        notify.service_acted(state, cluster, service, "SERVICE_TASK_PLACEMENT_FAILURE", **detail)


def _complain_about_bounds(state: EcsState, service: Service, live: list[Task], lower: int) -> None:
    if all(health.settled(state, service, task) for task in live) and len(live) <= lower:
        _complain(
            state,
            service,
            "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
            "Update the minimumHealthyPercent or maximumPercent value and try again.",
        )


def _complain(state: EcsState, service: Service, message: str) -> bool:
    """Add the event unless it repeats the last one too soon; return whether it was added."""
    if message == service.complaint and state.now < service.complained_at + _COMPLAIN_AGAIN:
        return False
    service.complaint, service.complained_at = message, state.now
    add_event(state, service, message)
    return True
