"""What tasks of a task definition need of a container instance, and which tasks run on the instances of a cluster."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clusters.models import Cluster, Subnet
from clusters.planning.placement import Demand, Occupant
from ecsdash.inventory.scope import Scope
from services.models import Task, TaskDefinition
from services.models.task import LIVING

#: Members of a RunTask call or a service that limit where its tasks run.
Limits = Mapping[str, Any]


def demand_of(definition: TaskDefinition, group: str = "", limits: Limits | None = None) -> Demand:
    """Return the demand of one task in the group. `limits` is the document that starts it."""
    described, document = definition.description, limits or {}
    constraints = [*described.get("placementConstraints", []), *document.get("placementConstraints", [])]
    cpu, memory = size_of(definition)
    strategy = document.get("capacityProviderStrategy", [])
    return Demand(
        group=group or f"family:{definition.family}",
        cpu=cpu,
        memory=memory,
        ports=frozenset(host_ports(definition)),
        gpus=sum(_gpus(each) for each in described.get("containerDefinitions", [])),
        own_interface=definition.network_mode == "awsvpc",
        attributes=frozenset(each["name"] for each in described.get("requiresAttributes", [])),
        expressions=tuple(each.get("expression", "") for each in constraints if each.get("type") == "memberOf"),
        distinct=any(each.get("type") == "distinctInstance" for each in constraints),
        providers=frozenset(each["capacityProvider"] for each in strategy),
        zones=_zones(definition, document),
    )


def size_of(definition: TaskDefinition) -> tuple[int, int]:
    """Return the (CPU units, MiB) that placement reserves for one task."""
    containers = definition.description.get("containerDefinitions", [])
    cpu = definition.cpu or sum(each.get("cpu") or 0 for each in containers)
    memory = definition.memory or sum(each.get("memoryReservation") or each.get("memory") or 0 for each in containers)
    return cpu, memory


def host_ports(definition: TaskDefinition) -> Iterable[str]:
    """Yield the fixed ports of the instance that a task uses, as "8080/tcp"."""
    mode = definition.network_mode
    if mode == "awsvpc":
        return
    for container in definition.description.get("containerDefinitions", []):
        for mapping in container.get("portMappings", []):
            port = mapping.get("hostPort") or (mapping.get("containerPort") if mode == "host" else 0)
            if port:
                yield f"{port}/{mapping.get('protocol', 'tcp')}"


def occupants(cluster: Cluster) -> list[Occupant]:
    """Return the tasks on the instances of the cluster."""
    rows = Task.objects.filter(
        LIVING, account=cluster.account, region=cluster.region, cluster_name=cluster.name
    ).exclude(container_instance_arn="")  # fmt: skip
    columns = ("container_instance_arn", "group", "private_ip")
    return [Occupant(arn, group, bool(address)) for arn, group, address in rows.values_list(*columns)]


def definitions_of(scope: Scope, arns: Sequence[str]) -> dict[str, TaskDefinition]:
    rows = TaskDefinition.objects.in_scope(scope.account, scope.region).filter(arn__in=arns)
    return {row.arn: row for row in rows}


def _gpus(container: Mapping[str, Any]) -> int:
    required = container.get("resourceRequirements", [])
    return sum(int(each["value"]) for each in required if each.get("type") == "GPU" and each["value"].isdecimal())


def _zones(definition: TaskDefinition, document: Limits) -> frozenset[str]:
    """Return the zones of the subnets in which tasks get network interfaces; empty: any, or not known."""
    subnets = document.get("networkConfiguration", {}).get("awsvpcConfiguration", {}).get("subnets", [])
    if definition.network_mode != "awsvpc":
        return frozenset()
    rows = Subnet.objects.in_scope(definition.account, definition.region).filter(name__in=subnets)
    zones = list(rows.values_list("availability_zone", flat=True))
    return frozenset(zones) if len(zones) == len(subnets) else frozenset()
