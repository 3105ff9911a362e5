"""New tasks: creation from a task specification, placement, start."""

from collections import Counter
from dataclasses import dataclass, field

from ecsdash.sandbox.ecs import fargate as fargate_model
from ecsdash.sandbox.ecs.engine import faults, notify, placement, startup
from ecsdash.sandbox.ecs.engine.definitions import container_override, task_size
from ecsdash.sandbox.ecs.engine.placement import Refusal
from ecsdash.sandbox.ecs.engine.strategy import next_provider
from ecsdash.sandbox.ecs.models import Cluster, Container, ContainerInstance, Json, Task, TaskDefinition
from ecsdash.sandbox.ecs.state import FARGATE_PROVIDERS, EcsState
from ecsdash.sandbox.scope import Scope


@dataclass
class TaskSpec:
    """Specification of a new task. Either `launch_type` or `strategy` is set."""

    definition: TaskDefinition
    group: str
    launch_type: str
    strategy: list[Json]
    network: Json
    tags: dict[str, str]
    overrides: Json = field(default_factory=dict)
    service: str = ""
    deployment: str = ""
    platform_version: str = ""
    load_balancers: list[Json] = field(default_factory=list)
    names: list[list[str]] = field(default_factory=list)
    placement_constraints: list[Json] = field(default_factory=list)
    placement_strategy: list[Json] = field(default_factory=list)
    started_by: str = ""
    enable_execute_command: bool = False
    volumes: list[Json] = field(default_factory=list)
    lattice: list[list[str]] = field(default_factory=list)


def launch(
    state: EcsState, scope: Scope, cluster: Cluster, spec: TaskSpec, only: list[ContainerInstance] | None = None
) -> Task | list[Refusal]:
    """Return the new task, or why it was not placed. With managed scaling it waits for an instance instead."""
    provider = _provider(cluster, spec) if spec.strategy else ""
    fargate = spec.launch_type == "FARGATE" or provider in FARGATE_PROVIDERS
    if fargate and not faults.has_room(state, scope, cluster, spec.group, spec.network):
        return [Refusal(None, faults.NO_ROOM)]
    task = create(state, scope, cluster, spec, provider, fargate)
    if fargate:
        _admit(state, scope, cluster, task)
        startup.begin(state, scope, cluster, task)
        return task
    demand = placement.demand_of(task, spec.definition)
    chosen = placement.choose(state, cluster, demand, only)
    if isinstance(chosen, ContainerInstance):
        placement.take(chosen, task, demand)
        _admit(state, scope, cluster, task)
        notify.instance_changed(state, scope, cluster, chosen)
        startup.begin(state, scope, cluster, task)
        return task
    if only is None and _scales(state, scope, provider):
        task.last_status = "PROVISIONING"
        _admit(state, scope, cluster, task)
        cluster.waiting.append(task.id)
        state.timers.add(state.now + 1, "capacity.scale", scope.account, scope.region, cluster.name)
        return task
    return chosen


def place_waiting(state: EcsState, scope: Scope, cluster: Cluster) -> None:
    for task_id in list(cluster.waiting):
        task = cluster.tasks[task_id]
        demand = placement.demand_of(task, state.definition(scope, task.definition_arn))
        chosen = placement.choose(state, cluster, demand)
        if isinstance(chosen, ContainerInstance):
            placement.take(chosen, task, demand)
            cluster.waiting.remove(task_id)
            notify.instance_changed(state, scope, cluster, chosen)
            _choose_subnet(state, scope, cluster, task)
            startup.begin(state, scope, cluster, task)


def create(state: EcsState, scope: Scope, cluster: Cluster, spec: TaskSpec, provider: str, fargate: bool) -> Task:
    task_id = state.hex_id()
    cpu, memory = task_size(spec.definition, spec.overrides)
    family = fargate_model.platform_family(spec.definition.body)
    awsvpc = spec.definition.body.get("networkMode") == "awsvpc"
    task = Task(
        id=task_id,
        arn=scope.arn(f"task/{cluster.name}/{task_id}"),
        definition_arn=spec.definition.arn,
        cluster=cluster.name,
        group=spec.group,
        service=spec.service,
        deployment=spec.deployment,
        launch_type="FARGATE" if fargate else _launch_type(state, scope, spec, provider),
        capacity_provider=provider,
        platform_version=fargate_model.platform_version(spec.platform_version, family) if fargate else "",
        platform_family=family if fargate else "",
        cpu=cpu,
        memory=memory,
        containers=[],
        overrides=spec.overrides,
        network=spec.network if awsvpc else {},
        tags=spec.tags,
        created_at=state.now,
        enable_execute_command=spec.enable_execute_command,
        load_balancers=spec.load_balancers,
        volumes=[*spec.volumes],
        lattice=spec.lattice,
        names=spec.names,
        placement_constraints=spec.placement_constraints,
        placement_strategy=spec.placement_strategy,
        started_by=spec.started_by,
        last_status="PROVISIONING" if awsvpc else "PENDING",
    )
    bodies = spec.definition.body["containerDefinitions"]
    task.containers = [_container(state, scope, cluster, task, body) for body in bodies]
    return task


def _container(state: EcsState, scope: Scope, cluster: Cluster, task: Task, body: Json) -> Container:
    size = body | container_override(task, body["name"])
    return Container(
        name=body["name"],
        arn=scope.arn(f"container/{cluster.name}/{task.id}/{state.uuid()}"),
        image=body["image"],
        essential=body["essential"],
        health="UNKNOWN" if "healthCheck" in body else "",
        cpu=str(size.get("cpu", 0)),
        memory=str(size.get("memory", "")),
        memory_reservation=str(size.get("memoryReservation", "")),
    )


def _admit(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    cluster.tasks[task.id] = task
    service = cluster.services.get(task.service)
    if service:
        service.task_ids[task.id] = True
    if task.launch_type == "FARGATE" or task.instance:
        _choose_subnet(state, scope, cluster, task)
    notify.task_created(state, scope, cluster, task)


def _choose_subnet(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    """Choose the subnet with the fewest tasks of the group; on an instance, one in the instance's zone."""
    if not task.network:
        return
    used = Counter(peer.subnet for peer in _peers(cluster, task.service, task.group))
    subnets = [subnet for name in task.network["subnets"] if (subnet := state.aws.subnet(scope, name))]
    near = [subnet for subnet in subnets if subnet.zone == task.zone]
    near = near or [subnet for subnet in subnets if not state.faults.affects("zone-down", subnet.zone)] or subnets
    if near:
        chosen = min(near, key=lambda subnet: used[subnet.id])
        task.subnet, task.zone = chosen.id, chosen.zone


def _provider(cluster: Cluster, spec: TaskSpec) -> str:
    running = Counter(task.capacity_provider for task in _peers(cluster, spec.service, spec.group))
    return next_provider(spec.strategy, running)


def _peers(cluster: Cluster, service: str, group: str) -> list[Task]:
    """Live tasks of the same group."""
    ids = cluster.services[service].task_ids if service else cluster.tasks
    return [task for task_id in ids if (task := cluster.tasks[task_id]).live and task.group == group]


def _scales(state: EcsState, scope: Scope, provider_name: str) -> bool:
    provider = state.provider(scope, provider_name)
    if provider is None:
        return False
    return bool(provider.managed_instances or provider.auto_scaling["managedScaling"]["status"] == "ENABLED")


def _launch_type(state: EcsState, scope: Scope, spec: TaskSpec, provider_name: str) -> str:
    provider = state.provider(scope, provider_name)
    managed = provider is not None and provider.managed_instances
    return "MANAGED_INSTANCES" if managed else spec.launch_type or "EC2"
