"""Managed Instances: ECS launches EC2 instances for waiting tasks and terminates them when they stay idle."""

from ecsdash.sandbox.ecs.engine import instances
from ecsdash.sandbox.ecs.models import CapacityProvider, Cluster, Json, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope

_START_SECONDS = 25.0
"""From the launch of an instance until its registration."""
_IDLE_SECONDS = 300
_NEVER = -1


def serve_waiting(state: EcsState, scope: Scope, cluster: Cluster, provider: CapacityProvider) -> None:
    """Launch instances for the waiting tasks of a provider that those on their way cannot hold."""
    waiting = [cluster.tasks[task_id] for task_id in cluster.waiting]
    mine = [task for task in waiting if task.capacity_provider == provider.name]
    free_cpu, free_memory = 0, 0
    for size in provider.launching.values():
        free_cpu, free_memory = free_cpu + size[0], free_memory + size[1]
    for task in mine:
        if task.cpu > free_cpu or task.memory > free_memory:
            launched = _launch(state, scope, cluster, provider, task)
            if launched is None:
                return
            free_cpu, free_memory = free_cpu + launched[0], free_memory + launched[1]
        free_cpu, free_memory = free_cpu - task.cpu, free_memory - task.memory


def started(state: EcsState, account: str, region: str, name: str, instance_id: str, kind: str, subnet_id: str) -> None:
    """Register an instance that a provider has launched."""
    scope = Scope(account, region)
    provider, subnet = state.provider(scope, name), state.aws.subnet(scope, subnet_id)
    if provider is None or subnet is None or provider.launching.pop(instance_id, None) is None:
        return
    cluster = state.cluster(scope, provider.cluster)
    place = instances.NetworkLocation(subnet.id, subnet.zone, state.aws.instance_address(scope, instance_id))
    instance = instances.register(state, scope, cluster, instance_id, kind, place, {}, provider=name)
    instance.tags = (
        dict(provider.tags) if provider.managed_instances.get("propagateTags") == "CAPACITY_PROVIDER" else {}
    )


def release_idle(state: EcsState, scope: Scope, cluster: Cluster, provider: CapacityProvider) -> None:
    """Terminate the instances that have been empty for too long; all of them when the provider is being deleted."""
    limit = provider.managed_instances.get("infrastructureOptimization", {}).get("scaleInAfter", _IDLE_SECONDS)
    leaving = provider.update_status == "DELETE_IN_PROGRESS"
    for instance in list(cluster.instances.values()):
        if instance.capacity_provider != provider.name or instance.idle_since is None:
            continue
        if leaving or (limit != _NEVER and state.now >= instance.idle_since + limit):
            instances.remove(state, scope, cluster, instance)
            state.aws.terminate_instance(scope, instance.ec2_instance_id)


def _launch(
    state: EcsState, scope: Scope, cluster: Cluster, provider: CapacityProvider, task: Task
) -> tuple[int, int] | None:
    """Return the (CPU units, MiB) of the launched instance, or None if no type or no capacity fits."""
    template = provider.managed_instances["instanceLaunchTemplate"]
    kind = state.aws.instance_type_for(template.get("instanceRequirements", {}), task.cpu, task.memory)
    subnets = [subnet for name in _subnets(template, task) if (subnet := state.aws.subnet(scope, name))]
    up = [subnet for subnet in subnets if not state.faults.affects("zone-down", subnet.zone)]
    if not kind or not up or state.faults.affects("no-capacity", f"instance-type:{kind}", cluster.name):
        return None
    subnet = up[len(provider.launching) % len(up)]
    groups = template["networkConfiguration"].get("securityGroups", [])
    tags = {"AmazonECSManaged": "true", "aws:ecs:capacityProvider": provider.name}
    instance_id = state.aws.launch_instance(scope, kind, subnet.id, groups, tags)
    size = state.aws.instance_type(kind)
    provider.launching[instance_id] = [size.vcpu * 1024, int(size.memory_mib * 0.95)]
    place = (scope.account, scope.region, provider.name, instance_id, kind, subnet.id)
    state.timers.add(state.now + state.about(_START_SECONDS), "managed.started", *place)
    return size.vcpu * 1024, int(size.memory_mib * 0.95)


def _subnets(template: Json, task: Task) -> list[str]:
    subnets: list[str] = template["networkConfiguration"].get("subnets") or task.network.get("subnets", [])
    return subnets
