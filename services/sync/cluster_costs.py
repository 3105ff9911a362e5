"""Estimated costs of clusters: tasks on Fargate and container instances, without load balancers and volumes."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, cast

from django.db import transaction
from django.db.models import Sum

from clusters.models import Cluster, ContainerInstance
from clusters.selectors.instance_prices import instance_costs
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from services.models import Service, Task
from services.models.task import LIVING
from services.sync.counts import swept

COUNTED = ("clusters", "services", "tasks", "container_instances")


def record_costs() -> None:
    """Write the cost of each cluster of the accounts and regions whose inventory is complete."""
    for account in Account.objects.filter(enabled=True):
        for region in account.regions:
            if swept(scope := Scope(account, region), *COUNTED):
                _write(scope)


def _write(scope: Scope) -> None:
    costs = _costs(scope)
    rows = cast(Iterable[Cluster], Cluster.objects.in_scope(scope.account, scope.region).present())
    changed = [row for row in rows if row.monthly_cost != round(costs[row.name], 2)]
    for row in changed:
        row.monthly_cost = round(costs[row.name], 2)
    if changed:
        with transaction.atomic():
            Cluster.objects.bulk_update(changed, ["monthly_cost"])
            changes.bump(scope.account, scope.region, "clusters")


def _costs(scope: Scope) -> defaultdict[str, float]:
    """Return the costs by cluster: of the desired tasks of services, of standalone tasks, and of instances."""
    where = {"account": scope.account, "region": scope.region}
    services = Service.objects.filter(**where, gone_at=None, launch_type__startswith="FARGATE", monthly_cost__gt=0)
    standalone = Task.objects.filter(LIVING, **where, service_name="", monthly_cost__gt=0)
    found: defaultdict[str, float] = defaultdict(float)
    for rows in (services, standalone):
        summed: Iterable[Any] = rows.order_by().values_list("cluster_name").annotate(Sum("monthly_cost"))
        for cluster, amount in summed:
            found[cluster] += amount
    for cluster, costs in instance_costs(ContainerInstance.objects.filter(**where, gone_at=None)).items():
        found[cluster] += costs.amount
    return found
