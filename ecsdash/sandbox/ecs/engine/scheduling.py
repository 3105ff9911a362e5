"""Ways to wake the schedulers without knowing them."""

from ecsdash.sandbox.ecs.aws_services import Scope
from ecsdash.sandbox.ecs.models import Cluster, Service
from ecsdash.sandbox.ecs.state import EcsState


def poke(state: EcsState, service: Service, delay: float) -> None:
    """Lets the service scheduler look at the service in `delay` seconds at the latest."""
    at = state.now + delay
    if service.check_at > state.now and service.check_at <= at:
        return
    service.check_at = at
    state.agenda.add(at, "service.check", service.arn, repr(at))


def poke_all(state: EcsState, cluster: Cluster) -> None:
    for service in cluster.services.values():
        if service.status != "INACTIVE":
            poke(state, service, 0.5)


def room_changed(state: EcsState, scope: Scope, cluster: Cluster) -> None:
    """Lets tasks that wait for room try again."""
    if cluster.waiting:
        state.agenda.add(state.now, "capacity.place", scope.account, scope.region, cluster.name)
