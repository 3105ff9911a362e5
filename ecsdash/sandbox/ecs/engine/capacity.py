"""Managed scaling: raises an Auto Scaling group's desired capacity for waiting tasks, lowers it after quiet minutes."""

import math

from ecsdash.sandbox.ecs.aws_services import AutoScalingGroup, Metric
from ecsdash.sandbox.ecs.engine import launch, managed_instances, placement
from ecsdash.sandbox.ecs.models import CapacityProvider, Cluster
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope

_PERIOD = 60.0
_QUIET_MINUTES = 15


def schedule(state: EcsState) -> None:
    state.timers.add(state.next_turn(_PERIOD), "capacity.minute")


def minute(state: EcsState) -> None:
    for scope, region in state.regions.items():
        for cluster in region.clusters.values():
            _each_provider(state, scope, cluster, shrink=True)
    schedule(state)


def scale(state: EcsState, account: str, region: str, cluster_name: str) -> None:
    scope = Scope(account, region)
    _each_provider(state, scope, state.cluster(scope, cluster_name), shrink=False)


def place(state: EcsState, account: str, region: str, cluster_name: str) -> None:
    scope = Scope(account, region)
    launch.place_waiting(state, scope, state.cluster(scope, cluster_name))


def _each_provider(state: EcsState, scope: Scope, cluster: Cluster, shrink: bool) -> None:
    for name in cluster.capacity_providers:
        provider = state.provider(scope, name)
        if provider and provider.managed_instances:
            managed_instances.serve_waiting(state, scope, cluster, provider)
            if shrink:
                managed_instances.release_idle(state, scope, cluster, provider)
        elif provider and provider.auto_scaling["managedScaling"]["status"] == "ENABLED":
            group = state.aws.auto_scaling_group(scope, provider.auto_scaling["autoScalingGroupArn"])
            if group:
                _scale(state, scope, cluster, provider, group, shrink)


def _scale(
    state: EcsState, scope: Scope, cluster: Cluster, provider: CapacityProvider, group: AutoScalingGroup, shrink: bool
) -> None:
    settings = provider.auto_scaling["managedScaling"]
    busy = {
        instance.ec2_instance_id
        for instance in cluster.instances.values()
        if instance.capacity_provider == provider.name and instance.task_ids
    }
    needed = len(busy) + _instances_for_waiting(state, scope, cluster, provider)
    wanted = math.ceil(needed * 100 / settings["targetCapacity"])
    bounded = max(group.minimum, min(group.maximum, wanted))
    if bounded > group.desired:
        step = max(settings["minimumScalingStepSize"], min(settings["maximumScalingStepSize"], bounded - group.desired))
        provider.idle_minutes = 0
        state.aws.set_desired_capacity(scope, group.arn, min(group.maximum, group.desired + step))
    elif shrink:
        _report(state, scope, cluster, provider, group, needed)
        idle = [instance_id for instance_id in group.instance_ids if instance_id not in busy]
        _protect(state, scope, provider, group, busy, idle)
        provider.idle_minutes = provider.idle_minutes + 1 if bounded < group.desired else 0
        if provider.idle_minutes >= _QUIET_MINUTES:
            provider.idle_minutes = 0
            state.aws.release_instances(scope, group.arn, idle[: group.desired - bounded])


def _protect(
    state: EcsState, scope: Scope, provider: CapacityProvider, group: AutoScalingGroup, busy: set[str], idle: list[str]
) -> None:
    """Managed termination protection: protect instances with tasks from scale-in."""
    if provider.auto_scaling["managedTerminationProtection"] == "ENABLED":
        members = [instance_id for instance_id in group.instance_ids if instance_id in busy]
        state.aws.protect_from_scale_in(scope, group.arn, members, protected=True)
        state.aws.protect_from_scale_in(scope, group.arn, idle, protected=False)


def _instances_for_waiting(state: EcsState, scope: Scope, cluster: Cluster, provider: CapacityProvider) -> int:
    """Return the number of instances that the waiting tasks fill; 1 if the instance size is not known yet."""
    demands = [
        placement.demand_of(task, state.definition(scope, task.definition_arn))
        for task in (cluster.tasks[task_id] for task_id in cluster.waiting)
        if task.capacity_provider == provider.name
    ]
    sample = next((i for i in cluster.instances.values() if i.capacity_provider == provider.name), None)
    if not demands or sample is None:
        return min(len(demands), 1)
    by_cpu = sum(demand.cpu for demand in demands) / sample.cpu
    by_memory = sum(demand.memory for demand in demands) / sample.memory
    return math.ceil(max(by_cpu, by_memory, len(demands) / 100))


def _report(
    state: EcsState, scope: Scope, cluster: Cluster, provider: CapacityProvider, group: AutoScalingGroup, needed: int
) -> None:
    reservation = 100.0 * needed / group.desired if group.desired else (200.0 if needed else 100.0)
    dimensions = (("CapacityProviderName", provider.name), ("ClusterName", cluster.name))
    metric = Metric("CapacityProviderReservation", dimensions, reservation, "Percent")
    state.aws.put_metrics(scope, "AWS/ECS/ManagedScaling", [metric], state.now)
