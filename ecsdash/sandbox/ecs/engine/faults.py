"""What the weather does to what already runs: interrupted Spot tasks, and zones that go down and come back."""

from collections.abc import Mapping

from ecsdash.sandbox.ecs.aws_services import Scope, Trouble
from ecsdash.sandbox.ecs.engine import containers, notify, shutdown, targets
from ecsdash.sandbox.ecs.engine.scheduling import poke_all, room_changed
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance, Json, Task
from ecsdash.sandbox.ecs.state import World

NO_ROOM = "Capacity is unavailable at this time. Please try again later or in a different availability zone"
_PERIOD = 60.0


def schedule(world: World) -> None:
    world.agenda.add(world.next_turn(_PERIOD), "weather.minute")


def minute(world: World) -> None:
    look(world)
    schedule(world)


def changed(world: World, before: Mapping[Trouble, str]) -> None:
    look(world)
    for scope, region in world.regions.items():
        for cluster in region.clusters.values():
            if before.get("failing-health-checks") != world.weather.active.get("failing-health-checks"):
                _check_again(world, scope, cluster)
            poke_all(world, cluster)


def look(world: World) -> None:
    """Every minute, and as soon as the weather changes."""
    for scope, region in world.regions.items():
        for cluster in region.clusters.values():
            _look_at_zones(world, scope, cluster)
            if "spot-interruption" in world.weather.active:
                _interrupt(world, scope, cluster)


def has_room(world: World, scope: Scope, cluster: Cluster, group: str, network: Json) -> bool:
    """Whether Fargate takes a task: some of its subnets must lie in a zone that is up."""
    subnets = [world.links.subnet(scope, name) for name in network.get("subnets", [])]
    down = [subnet is not None and world.weather.strikes("zone-down", subnet.zone) for subnet in subnets]
    return not world.weather.strikes("no-capacity", group, cluster.name) and not (down and all(down))


def _interrupt(world: World, scope: Scope, cluster: Cluster) -> None:
    for task in list(cluster.tasks.values()):
        spot = task.capacity_provider == "FARGATE_SPOT" and task.running
        if spot and world.weather.strikes("spot-interruption", task.group, cluster.name):
            shutdown.stop(world, scope, cluster, task, "SpotInterruption", "Your Spot Task was interrupted.")


def _check_again(world: World, scope: Scope, cluster: Cluster) -> None:
    for task in cluster.tasks.values():
        if task.running:
            containers.check_again(world, scope, task)
            targets.renew(world, scope, task)


def _look_at_zones(world: World, scope: Scope, cluster: Cluster) -> None:
    for instance in cluster.instances.values():
        up = not world.weather.strikes("zone-down", instance.zone, cluster.name)
        if instance.agent_connected != up:
            _connect(world, scope, cluster, instance, up)
    if "zone-down" in world.weather.active:
        for task in list(cluster.tasks.values()):
            if task.last_status != "STOPPED" and world.weather.strikes("zone-down", task.zone, cluster.name):
                _lose(world, scope, cluster, task)


def _connect(world: World, scope: Scope, cluster: Cluster, instance: ContainerInstance, up: bool) -> None:
    instance.agent_connected = up
    notify.instance_changed(world, scope, cluster, instance)
    room_changed(world, scope, cluster)


def _lose(world: World, scope: Scope, cluster: Cluster, task: Task) -> None:
    reason = f"The infrastructure of this task in {task.zone} is unhealthy."
    shutdown.cut_off(world, scope, cluster, task, "InfrastructureHealth", reason)
