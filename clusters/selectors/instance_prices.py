"""Estimated costs of container instances, and how they are divided among the tasks on them.

The price of an instance is divided by what tasks reserve: 9 parts for a vCPU to 1 part for a GiB of memory, the ratio
that AWS's split cost allocation data uses. What no task reserves is the unused part.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
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
    """Costs a month of the instances of a cluster. `unpriced` are the types without a known price."""

    amount: float = 0
    used: float = 0
    number: int = 0
    parts: float = 0
    unpriced: set[str] = field(default_factory=set)

    @property
    def unused(self) -> float:
        return max(0.0, self.amount - self.used)

    def share(self, cpu: int, memory: int) -> float | None:
        """Return the cost of a reservation; None if no price is known."""
        return self.amount / self.parts * parts(cpu, memory) if self.parts else None


#: (account, region, cluster), the account by its key.
Place = tuple[int, str, str]


def instance_costs(rows: QuerySet[ContainerInstance]) -> dict[Place, InstanceCosts]:
    """Return the costs of these instances by cluster: one query, whatever their number."""
    grouped: Iterable[Any] = rows.order_by().values_list("account", "region", "cluster_name", "instance_type").annotate(
        Count("pk"), Sum("registered_cpu"), Sum("registered_memory"), Sum("remaining_cpu"), Sum("remaining_memory")
    )  # fmt: skip
    found: dict[Place, InstanceCosts] = {}
    for account, region, cluster, kind, number, cpu, memory, free_cpu, free_memory in grouped:
        costs = found.setdefault((account, region, cluster), InstanceCosts())
        costs.number += number
        hourly = instance_hourly(region, kind)
        if hourly is None:
            costs.unpriced.add(kind or "unknown type")
            continue
        every = parts(cpu, memory)
        amount = number * hourly * HOURS_PER_MONTH
        costs.amount += amount
        costs.parts += every
        costs.used += amount * parts(cpu - max(0, free_cpu), memory - max(0, free_memory)) / every if every else 0
    return found
