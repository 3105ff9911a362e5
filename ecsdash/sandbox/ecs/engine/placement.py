"""Placement of a task on a container instance: constraints, resources, then the placement strategies in order."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ecsdash.sandbox.ecs.engine import expressions
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance, Json, Task, TaskDefinition
from ecsdash.sandbox.ecs.state import EcsState

_DYNAMIC_PORTS = range(32768, 61000)
_FULL = {"RESOURCE:CPU": "CPU units", "RESOURCE:MEMORY": "memory", "RESOURCE:PORTS": "ports", "RESOURCE:ENI": "ENIs"}
Key = Callable[[ContainerInstance], tuple[float | str, ...]]


@dataclass
class Demand:
    """The resources that a task needs on an instance."""

    group: str
    cpu: int
    memory: int
    ports: list[tuple[str, str]]
    """(protocol, host port); port 0 is any."""
    interfaces: int
    attributes: list[str]
    constraints: list[Json] = field(default_factory=list)
    strategy: list[Json] = field(default_factory=list)
    provider: str = ""
    external: bool = False
    managed: str = ""
    """The provider, if it is one of Managed Instances."""


@dataclass
class Refusal:
    instance: ContainerInstance | None
    """None when Fargate has no room."""
    reason: str


def demand_of(task: Task, definition: TaskDefinition) -> Demand:
    body = definition.body
    mode = body.get("networkMode", "bridge")
    mappings = [mapping for container in body["containerDefinitions"] for mapping in container["portMappings"]]
    shared = [mapping for mapping in mappings if mode != "awsvpc" and "containerPort" in mapping]
    return Demand(
        group=task.group,
        cpu=task.cpu,
        memory=task.memory,
        ports=[(mapping["protocol"], str(mapping["hostPort"])) for mapping in shared],
        interfaces=int(mode == "awsvpc"),
        attributes=[item["name"] for item in body["requiresAttributes"]],
        constraints=[*body["placementConstraints"], *task.placement_constraints],
        strategy=task.placement_strategy,
        provider=task.capacity_provider,
        external=task.launch_type == "EXTERNAL",
        managed=task.capacity_provider if task.launch_type == "MANAGED_INSTANCES" else "",
    )


def choose(
    state: EcsState, cluster: Cluster, demand: Demand, only: list[ContainerInstance] | None = None
) -> ContainerInstance | list[Refusal]:
    """Return the best instance, or the reason why each candidate was refused."""
    candidates = [
        instance
        for instance in (cluster.instances.values() if only is None else only)
        if instance.status == "ACTIVE" and (instance.capacity_provider if instance.managed else "") == demand.managed
        if demand.provider in ("", instance.capacity_provider) and instance.external == demand.external
    ]
    refusals, fitting = [], []
    for instance in candidates:
        reason = refuse(cluster, instance, demand)
        if reason:
            refusals.append(Refusal(instance, reason))
        else:
            fitting.append(instance)
    if not fitting:
        return refusals
    return min(fitting, key=_preference(state, cluster, demand))


def refuse(cluster: Cluster, instance: ContainerInstance, demand: Demand) -> str:
    """Return why the task cannot be placed there, in the API's words, or an empty text."""
    if not instance.agent_connected:
        return "AGENT"
    if any(name not in instance.attributes for name in demand.attributes):
        return "ATTRIBUTE"
    for constraint in demand.constraints:
        if not _satisfies(cluster, instance, demand.group, constraint):
            return f"{constraint['type'][0].upper()}{constraint['type'][1:]} placement constraint unsatisfied."
    return _lacks(instance, demand)


def _lacks(instance: ContainerInstance, demand: Demand) -> str:
    if demand.cpu > instance.cpu - instance.used_cpu:
        return "RESOURCE:CPU"
    if demand.memory > instance.memory - instance.used_memory:
        return "RESOURCE:MEMORY"
    if any(list(port) in instance.host_ports for port in demand.ports if port[1] != "0"):
        return "RESOURCE:PORTS"
    if instance.used_interfaces + demand.interfaces > instance.network_interfaces - 1:
        return "RESOURCE:ENI" if demand.interfaces else ""
    return ""


def take(instance: ContainerInstance, task: Task, demand: Demand) -> None:
    instance.used_cpu += demand.cpu
    instance.used_memory += demand.memory
    instance.used_interfaces += demand.interfaces
    instance.idle_since = None
    for protocol, port in demand.ports:
        held = [protocol, port if port != "0" else _free_port(instance, protocol)]
        instance.host_ports.append(held)
        task.host_ports.append(held)
    instance.task_ids[task.id] = True
    task.instance, task.zone = instance.id, instance.zone


def release(state: EcsState, instance: ContainerInstance, task: Task, definition: TaskDefinition) -> None:
    if instance.task_ids.pop(task.id, None) is None:
        return
    instance.used_cpu -= task.cpu
    instance.used_memory -= task.memory
    instance.used_interfaces -= int(definition.body.get("networkMode") == "awsvpc")
    for held in task.host_ports:
        instance.host_ports.remove(held)
    instance.idle_since = None if instance.task_ids else state.now


def shortage(refusals: list[Refusal]) -> str:
    """Return the service event about the closest candidate."""
    if not refusals:
        return "No Container Instances were found in your cluster."
    order = ["RESOURCE:ENI", "RESOURCE:PORTS", "RESOURCE:MEMORY", "RESOURCE:CPU"]
    closest = min(refusals, key=lambda r: order.index(r.reason) if r.reason in order else len(order))
    if closest.instance is None:
        return f"Reason: {closest.reason}"
    subject = f"The closest matching (container-instance {closest.instance.id})"
    if closest.reason == "AGENT":
        return f"{subject} has the agent disconnected."
    if closest.reason == "ATTRIBUTE":
        return f"{subject} is missing an attribute required by your task."
    if closest.reason == "RESOURCE:PORTS":
        return f"{subject} is already using a port required by your task."
    if closest.reason in _FULL:
        return f"{subject} has insufficient {_FULL[closest.reason]} available."
    return f"{subject} encountered error '{closest.reason}'."


def _satisfies(cluster: Cluster, instance: ContainerInstance, group: str, constraint: Json) -> bool:
    if constraint["type"] == "distinctInstance":
        return all(cluster.tasks[task_id].group != group for task_id in instance.task_ids)
    return expressions.parse(constraint.get("expression", ""))(expressions.facts(cluster, instance))


def _preference(state: EcsState, cluster: Cluster, demand: Demand) -> Key:
    strategy = demand.strategy or [{"type": "spread", "field": "attribute:ecs.availability-zone"}]
    peers = Counter[str]()
    for item in strategy:
        if item["type"] == "spread":
            for instance in cluster.instances.values():
                count = sum(cluster.tasks[task_id].group == demand.group for task_id in instance.task_ids)
                peers[f"{item['field']}={_field(instance, item['field'])}"] += count
    for instance in cluster.instances.values():
        peers[instance.id] = sum(cluster.tasks[task_id].group == demand.group for task_id in instance.task_ids)

    def key(instance: ContainerInstance) -> tuple[float | str, ...]:
        ranks: list[float | str] = []
        for item in strategy:
            if item["type"] == "spread":
                ranks.append(peers[f"{item['field']}={_field(instance, item['field'])}"])
            elif item["type"] == "binpack":
                free = instance.memory - instance.used_memory, instance.cpu - instance.used_cpu
                ranks.append(free[item.get("field") == "cpu"])
            else:
                ranks.append(state.rng.random())
        return (*ranks, peers[instance.id], instance.registered_at, instance.id)

    return key


def _field(instance: ContainerInstance, name: str) -> str:
    if name.lower() in ("instanceid", "host"):
        return instance.id
    return instance.attributes.get(name.removeprefix("attribute:"), "")


def _free_port(instance: ContainerInstance, protocol: str) -> str:
    return next(str(port) for port in _DYNAMIC_PORTS if [protocol, str(port)] not in instance.host_ports)
