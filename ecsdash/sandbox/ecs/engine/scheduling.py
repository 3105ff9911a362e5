"""Ways to wake the schedulers without knowing them."""

from ecsdash.sandbox.ecs.aws_services import Scope
from ecsdash.sandbox.ecs.models import Cluster, Service
from ecsdash.sandbox.ecs.state import World


def poke(world: World, service: Service, delay: float) -> None:
    """Lets the service scheduler look at the service in `delay` seconds at the latest."""
    at = world.now + delay
    if service.check_at > world.now and service.check_at <= at:
        return
    service.check_at = at
    world.agenda.add(at, "service.check", service.arn, repr(at))


def poke_all(world: World, cluster: Cluster) -> None:
    for service in cluster.services.values():
        if service.status != "INACTIVE":
            poke(world, service, 0.5)


def room_changed(world: World, scope: Scope, cluster: Cluster) -> None:
    """Lets tasks that wait for room try again."""
    if cluster.waiting:
        world.agenda.add(world.now, "capacity.place", scope.account, scope.region, cluster.name)
