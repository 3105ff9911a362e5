"""The reservation of a cluster's instances, its capacity providers and its default strategy."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance
from clusters.selectors.capacity_providers import auto_scaling_groups, capacity_providers
from clusters.selectors.container_instances import instances
from clusters.selectors.instance_resources import Resource
from ecsdash.inventory.scope import Scope

FARGATE = ("FARGATE", "FARGATE_SPOT")


@dataclass(frozen=True)
class Reservation:
    """The total reservation of all active instances."""

    instances: int
    draining: int
    cpu: Resource
    memory: Resource


@dataclass(frozen=True)
class StrategyItem:
    """One line of a default capacity provider strategy; `share` in percent of the tasks above all bases."""

    provider: str
    base: int
    weight: int
    share: int


@dataclass(frozen=True)
class Provider:
    """A capacity provider of one cluster, its Auto Scaling group, and the number of its instances in the cluster.

    `row` is None when the inventory does not contain the capacity provider.
    """

    name: str
    row: CapacityProvider | None
    group: AutoScalingGroup | None
    instances: int

    @property
    def fargate(self) -> bool:
        return self.name in FARGATE

    @property
    def scaling(self) -> dict[str, Any]:
        provider: dict[str, Any] = self.row.description.get("autoScalingGroupProvider", {}) if self.row else {}
        return dict(provider.get("managedScaling", {}))


def reservation(instances: Iterable[ContainerInstance]) -> Reservation:
    rows = list(instances)
    active = [row for row in rows if row.status == "ACTIVE"]
    return Reservation(
        instances=len(active),
        draining=sum(row.status == "DRAINING" for row in rows),
        cpu=Resource("CPU", sum(row.registered_cpu for row in active), sum(row.remaining_cpu for row in active)),
        memory=Resource(
            "MEMORY", sum(row.registered_memory for row in active), sum(row.remaining_memory for row in active)
        ),
    )


def strategy(cluster: Cluster) -> list[StrategyItem]:
    items = cluster.description.get("defaultCapacityProviderStrategy", [])
    weights = sum(item.get("weight", 0) for item in items)
    return [
        StrategyItem(
            item["capacityProvider"],
            item.get("base", 0),
            item.get("weight", 0),
            round(100 * item.get("weight", 0) / weights) if weights else 0,
        )
        for item in items
    ]


def providers(user: Any, scope: Scope, cluster: Cluster) -> list[Provider]:
    """Return the capacity providers in the order of the cluster."""
    rows = {row.name: row for row in capacity_providers(user, scope)}
    groups = {row.arn: row for row in auto_scaling_groups(user, scope)}
    registered = list(instances(user, scope, cluster.name))
    return [
        Provider(
            name,
            row := rows.get(name),
            groups.get(row.auto_scaling_group_arn) if row else None,
            sum(instance.capacity_provider_name == name for instance in registered),
        )
        for name in cluster.capacity_providers
    ]
