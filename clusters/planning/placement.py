"""Whether tasks fit on container instances, judged as ECS places them: by attributes, constraints, CPU, memory, host
ports, GPUs and network interfaces."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from clusters.models import ContainerInstance, InstanceType
from clusters.planning import expressions
from clusters.selectors.instance_resources import gpus_free, ports_in_use

#: The attribute of instances whose network interfaces are shared by tasks.
TRUNK: Final = "ecs.awsvpc-trunk-id"


@dataclass(frozen=True)
class Demand:
    """What one task needs of an instance. CPU in units, memory in MiB, ports as "8080/tcp".

    `attributes` are the names that an instance must have, `expressions` those of its `memberOf` constraints. A
    `distinct` task runs where no other of its `group` does. `providers` and `zones` limit the instances; empty: any.
    """

    group: str = ""
    cpu: int = 0
    memory: int = 0
    ports: frozenset[str] = frozenset()
    gpus: int = 0
    own_interface: bool = False
    attributes: frozenset[str] = frozenset()
    expressions: tuple[str, ...] = ()
    distinct: bool = False
    providers: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()

    @property
    def depends_on_tasks(self) -> bool:
        """Whether it matters which tasks run on an instance already."""
        return self.distinct or self.own_interface or bool(self.expressions)

    @property
    def size(self) -> str:
        """The amounts in words."""
        parts = [*([f"{self.cpu} CPU units"] if self.cpu else []), f"{self.memory} MiB"]
        if self.gpus:
            parts.append(f"{self.gpus} GPUs" if self.gpus > 1 else "1 GPU")
        if self.ports:
            listed = sorted(self.ports, key=lambda each: int(each.partition("/")[0]))
            parts.append(f"the host port{'s' if len(listed) > 1 else ''} {', '.join(listed)}")
        return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


class Occupant(NamedTuple):
    """A task on an instance."""

    container_instance_arn: str
    group: str
    own_interface: bool


@dataclass
class Slot:
    """What is free on one instance; tasks are taken from it and given back."""

    instance: ContainerInstance
    cpu: int
    memory: int
    ports: set[str]
    gpus: int
    interfaces: int | None
    attributes: Mapping[str, str]
    groups: Counter[str] = field(default_factory=Counter)

    def lacks(self, demand: Demand) -> str:
        """Return why the task does not fit; empty if it does."""
        if demand.zones and self.instance.availability_zone not in demand.zones:
            return f"no subnet of the tasks is in {self.instance.availability_zone}"
        missing = sorted(demand.attributes - self.attributes.keys())
        if missing:
            return f"the attribute {missing[0]} is missing"
        if demand.distinct and self.groups[demand.group]:
            return "one of these tasks runs there already (distinctInstance)"
        for expression in demand.expressions:
            if expressions.judge(expression, self.facts) is False:
                return f"the placement constraint {expression} is not satisfied"
        return self._lacks_resources(demand)

    @property
    def facts(self) -> dict[str, list[str]]:
        """The subjects of placement expressions."""
        row = self.instance
        return {f"{expressions.ATTRIBUTE}{name}": [value] for name, value in self.attributes.items()} | {
            "ec2InstanceId": [row.name],
            "agentConnected": [str(row.agent_connected).lower()],
            "runningTasksCount": [str(self.groups.total())],
            "task:group": [group for group, count in self.groups.items() if count],
        }

    def take(self, demand: Demand, times: int = 1) -> None:
        """Reserve what `times` tasks need; negative: give it back."""
        self.cpu -= times * demand.cpu
        self.memory -= times * demand.memory
        self.gpus -= times * demand.gpus
        self.ports = self.ports | demand.ports if times > 0 else self.ports - demand.ports
        self.groups[demand.group] += times
        if self.interfaces is not None and demand.own_interface:
            self.interfaces -= times

    def _lacks_resources(self, demand: Demand) -> str:
        if demand.cpu > self.cpu:
            return f"{max(0, self.cpu)} CPU units are free"
        if demand.memory > self.memory:
            return f"{max(0, self.memory)} MiB are free"
        if taken := sorted(demand.ports & self.ports):
            return f"port {taken[0]} is in use"
        if demand.gpus > self.gpus:
            return f"{self.gpus} GPUs are free"
        if demand.own_interface and self.interfaces is not None and self.interfaces < 1:
            return "no network interface is free"
        return ""


def slots(instances: Iterable[ContainerInstance], occupants: Iterable[Occupant]) -> list[Slot]:
    """Return what is free on each of the instances, on which these tasks run."""
    rows = list(instances)
    groups: dict[str, Counter[str]] = {row.arn: Counter() for row in rows}
    interfaces: Counter[str] = Counter()
    for each in occupants:
        if each.container_instance_arn in groups:
            groups[each.container_instance_arn][each.group] += 1
            interfaces[each.container_instance_arn] += each.own_interface
    most = _most_interfaces(rows)
    return [_slot(row, groups[row.arn], interfaces[row.arn], most.get(row.instance_type)) for row in rows]


def place(demands: Sequence[Demand], free: Sequence[Slot]) -> list[Demand]:
    """Place each task on the first instance where it fits; return those that fit nowhere."""
    unplaced = []
    for demand in demands:
        slot = next((each for each in candidates(demand, free) if not each.lacks(demand)), None)
        if slot is None:
            unplaced.append(demand)
        else:
            slot.take(demand)
    return unplaced


def candidates(demand: Demand, free: Iterable[Slot]) -> list[Slot]:
    """Return the instances on which ECS tries to place the task."""
    wanted = demand.providers
    return [each for each in free if not wanted or each.instance.capacity_provider_name in wanted]


def not_judged(demand: Demand, free: Sequence[Slot]) -> list[str]:
    """Return the expressions that cannot be judged; they count as satisfied."""
    return [each for each in demand.expressions if any(expressions.judge(each, slot.facts) is None for slot in free)]


def _slot(row: ContainerInstance, groups: Counter[str], interfaces: int, most: int | None) -> Slot:
    attributes = {each["name"]: each.get("value", "") for each in row.description.get("attributes", [])}
    free = None if most is None or TRUNK in attributes else most - 1 - interfaces
    return Slot(
        row, row.remaining_cpu, row.remaining_memory, set(ports_in_use(row)), gpus_free(row), free, attributes, groups
    )


def _most_interfaces(rows: Sequence[ContainerInstance]) -> dict[str, int]:
    """Return the network interfaces that instances of each type can have, as far as they are known."""
    if not rows:
        return {}
    types = InstanceType.objects.in_scope(rows[0].account, rows[0].region).present()
    found: dict[str, Any] = dict(
        types.filter(name__in={row.instance_type for row in rows}).values_list("name", "description")
    )
    known = {name: each.get("NetworkInfo", {}).get("MaximumNetworkInterfaces") for name, each in found.items()}
    return {name: int(number) for name, number in known.items() if number}
