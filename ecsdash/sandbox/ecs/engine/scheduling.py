"""Timers that start the service scheduler and the placement of waiting tasks."""

from ecsdash.sandbox.ecs.models import Cluster, Service
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope


def schedule_check(state: EcsState, service: Service, delay: float) -> None:
    """Schedule a check of the service in `delay` seconds at the latest."""
    at = state.now + delay
    if service.check_at > state.now and service.check_at <= at:
        return
    service.check_at = at
    state.timers.add(at, "service.check", service.arn, repr(at))


def schedule_checks(state: EcsState, cluster: Cluster) -> None:
    for service in cluster.services.values():
        if service.status != "INACTIVE":
            schedule_check(state, service, 0.5)


def retry_placement(state: EcsState, scope: Scope, cluster: Cluster) -> None:
    """Schedule the placement of tasks that wait for capacity."""
    if cluster.waiting:
        state.timers.add(state.now, "capacity.place", scope.account, scope.region, cluster.name)
