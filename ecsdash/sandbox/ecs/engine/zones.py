"""Availability Zone rebalancing: a steady service with an uneven distribution moves its tasks one by one."""

from collections import Counter

from ecsdash.sandbox.ecs.engine import health
from ecsdash.sandbox.ecs.engine.events import add_event
from ecsdash.sandbox.ecs.models import Cluster, Service, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope


def goal(state: EcsState, scope: Scope, cluster: Cluster, service: Service, current: list[Task]) -> int:
    """Return the number of tasks of the service: one more than desired while one of them moves."""
    desired = service.desired_count
    live = [task for task in current if task.live]
    if service.moving:
        service.moving = not all(health.settled(state, service, task) for task in live)
        return max(desired, len(live)) if service.moving else desired
    if not _may_move(service) or len(live) != desired or not _uneven(state, scope, cluster, service, live):
        return desired
    if not all(health.settled(state, service, task) for task in live):
        return desired
    service.moving = True
    counts = Counter(task.zone for task in live)
    crowd = ", ".join(f"{count} tasks in {zone}" for zone, count in sorted(counts.items()))
    add_event(state, service, f"is not AZ balanced with {crowd}. AZ Rebalancing in progress.")
    return desired + 1


def _may_move(service: Service) -> bool:
    """Whether rebalancing applies: not to placement strategies that do not spread over zones."""
    spreads = [item.get("field", "") for item in service.placement_strategy[:1] if item["type"] == "spread"]
    return (
        service.zone_rebalancing == "ENABLED"
        and service.primary.rollout_state == "COMPLETED"
        and service.deployment_configuration["maximumPercent"] > 100
        and (not service.placement_strategy or spreads == ["attribute:ecs.availability-zone"])
    )


def _uneven(state: EcsState, scope: Scope, cluster: Cluster, service: Service, live: list[Task]) -> bool:
    counts = Counter(task.zone for task in live)
    possible = [
        zone for zone in _possible(state, scope, cluster, service) if not state.faults.affects("zone-down", zone)
    ]
    return len(possible) > 1 and max(counts.values(), default=0) - min(counts[zone] for zone in possible) > 1


def _possible(state: EcsState, scope: Scope, cluster: Cluster, service: Service) -> set[str]:
    """Return the zones of the service's subnets; for tasks on instances, the zones of active instances."""
    hosts = {i.zone for i in cluster.instances.values() if i.status == "ACTIVE" and i.agent_connected}
    network = service.revision.network_configuration.get("awsvpcConfiguration", {})
    found = [state.aws.subnet(scope, name) for name in network.get("subnets", [])]
    zones = {subnet.zone for subnet in found if subnet}
    on_instances = any(task.instance for task in state.tasks_of(cluster, service))
    if not on_instances:
        return zones
    return zones & hosts if zones else hosts
