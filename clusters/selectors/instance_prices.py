"""Estimated costs of container instances, and how they are divided among the tasks on them.

The price of an instance is divided by what tasks reserve: 9 parts for a vCPU to 1 part for a GiB of memory, the ratio
that AWS's split cost allocation data uses. What no task reserves is in the cost of the cluster only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, QuerySet, Sum

from clusters.models import ContainerInstance
from ecsdash.aws.prices import HOURS_PER_MONTH, instance_hourly

CPU_UNITS, MIB = 1024, 1024
PARTS_OF_A_VCPU: Final = 9


def parts(cpu: int, memory: int) -> float:
    """Return the parts of a size in CPU units and MiB."""
    return PARTS_OF_A_VCPU * cpu / CPU_UNITS + memory / MIB


@dataclass
class InstanceCosts:
    """Cost a month of the instances of a cluster whose price is known, and the parts of which it is the price."""

    amount: float = 0
    parts: float = 0

    def share(self, cpu: int, memory: int) -> float | None:
        """Return the cost of a reservation; None if no price is known."""
        return self.amount / self.parts * parts(cpu, memory) if self.parts else None


def instance_costs(rows: QuerySet[ContainerInstance]) -> dict[str, InstanceCosts]:
    """Return the costs of these instances of one account and region by cluster: one query, whatever their number."""
    grouped: Iterable[Any] = rows.order_by().values_list("region", "cluster_name", "instance_type").annotate(
        Count("pk"), Sum("registered_cpu"), Sum("registered_memory")
    )  # fmt: skip
    found: dict[str, InstanceCosts] = {}
    for region, cluster, kind, number, cpu, memory in grouped:
        hourly = instance_hourly(region, kind)
        if hourly is not None:
            costs = found.setdefault(cluster, InstanceCosts())
            costs.amount += number * hourly * HOURS_PER_MONTH
            costs.parts += parts(cpu, memory)
    return found
