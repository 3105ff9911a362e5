"""The effect of faults on running tasks: Spot interruptions, and zones that go down and come back."""

from collections.abc import Mapping

from ecsdash.sandbox.ecs.engine import containers, notify, shutdown, targets
from ecsdash.sandbox.ecs.engine.scheduling import retry_placement, schedule_checks
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance, Json, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.faults.task_faults import TaskFault
from ecsdash.sandbox.scope import Scope

NO_ROOM = "Capacity is unavailable at this time. Please try again later or in a different availability zone"
_PERIOD = 60.0


def schedule(state: EcsState) -> None:
    state.timers.add(state.next_turn(_PERIOD), "faults.minute")


def minute(state: EcsState) -> None:
    look(state)
    schedule(state)


def changed(state: EcsState, before: Mapping[TaskFault, str]) -> None:
    look(state)
    for scope, region in state.regions.items():
        for cluster in region.clusters.values():
            if before.get("failing-health-checks") != state.faults.active.get("failing-health-checks"):
                _check_again(state, scope, cluster)
            schedule_checks(state, cluster)


def look(state: EcsState) -> None:
    """Apply the active faults: every minute, and as soon as a fault is switched."""
    for scope, region in state.regions.items():
        for cluster in region.clusters.values():
            _look_at_zones(state, scope, cluster)
            if "spot-interruption" in state.faults.active:
                _interrupt(state, scope, cluster)


def has_room(state: EcsState, scope: Scope, cluster: Cluster, group: str, network: Json) -> bool:
    """Whether Fargate has capacity for a task: at least one of its subnets must be in a zone that is up."""
    subnets = [state.aws.subnet(scope, name) for name in network.get("subnets", [])]
    down = [subnet is not None and state.faults.affects("zone-down", subnet.zone) for subnet in subnets]
    return not state.faults.affects("no-capacity", group, cluster.name) and not (down and all(down))


def _interrupt(state: EcsState, scope: Scope, cluster: Cluster) -> None:
    for task in list(cluster.tasks.values()):
        spot = task.capacity_provider == "FARGATE_SPOT" and task.running
        if spot and state.faults.affects("spot-interruption", task.group, cluster.name):
            shutdown.stop(state, scope, cluster, task, "SpotInterruption", "Your Spot Task was interrupted.")


def _check_again(state: EcsState, scope: Scope, cluster: Cluster) -> None:
    for task in cluster.tasks.values():
        if task.running:
            containers.check_again(state, scope, task)
            targets.renew(state, scope, task)


def _look_at_zones(state: EcsState, scope: Scope, cluster: Cluster) -> None:
    for instance in cluster.instances.values():
        up = not state.faults.affects("zone-down", instance.zone, cluster.name)
        if instance.agent_connected != up:
            _connect(state, scope, cluster, instance, up)
    if "zone-down" in state.faults.active:
        for task in list(cluster.tasks.values()):
            if task.last_status != "STOPPED" and state.faults.affects("zone-down", task.zone, cluster.name):
                _lose(state, scope, cluster, task)


def _connect(state: EcsState, scope: Scope, cluster: Cluster, instance: ContainerInstance, up: bool) -> None:
    instance.agent_connected = up
    notify.instance_changed(state, scope, cluster, instance)
    retry_placement(state, scope, cluster)


def _lose(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    reason = f"The infrastructure of this task in {task.zone} is unhealthy."
    shutdown.cut_off(state, scope, cluster, task, "InfrastructureHealth", reason)
