"""Daily costs of each account and region, and the costs of clusters in their lists."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from clusters.models import Cluster
from ecsdash.access.models import User
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.web import clock
from services.models import CostDay
from services.selectors.costs import CostItem, instance_shares, items_of
from services.sync.counts import swept

BATCH = 500
#: Whoever sees everything: costs are kept of all things, and read as the viewer may see them.
EVERYBODY = User(is_superuser=True, is_active=True)


def record_costs() -> None:
    """Write the costs of clusters, and those of today unless they are kept already."""
    for account in Account.objects.filter(enabled=True):
        for region in account.regions:
            scope = Scope(account, region)
            if swept(scope, "services", "clusters", "container_instances"):
                _record(scope)


def _record(scope: Scope) -> None:
    items = items_of(EVERYBODY, [scope])
    _write_clusters(scope, items)
    today = clock.now().date()
    kept = CostDay.objects.in_scope(scope.account, scope.region).filter(day=today)
    if not kept.exists():
        every = [*items, *instance_shares(EVERYBODY, [scope]).by_service]
        CostDay.objects.bulk_create(_days(scope, today, every), batch_size=BATCH, ignore_conflicts=True)


def _write_clusters(scope: Scope, items: Iterable[CostItem]) -> None:
    amounts: dict[str, float] = {}
    for each in items:
        amounts[each.cluster] = amounts.get(each.cluster, 0) + each.amount
    rows = Cluster.objects.in_scope(scope.account, scope.region).present()
    changed = [row for row in rows if row.monthly_cost != round(amounts.get(row.name, 0), 2)]
    for row in changed:
        row.monthly_cost = round(amounts.get(row.name, 0), 2)
    if changed:
        with transaction.atomic():
            Cluster.objects.bulk_update(changed, ["monthly_cost"])
            changes.bump(scope.account, scope.region, "clusters")


def _days(scope: Scope, day: date, items: Iterable[CostItem]) -> list[CostDay]:
    return [
        CostDay(
            account=scope.account, region=scope.region, day=day, kind=each.kind.value, cluster_name=each.cluster,
            service_name=each.service, amount=each.amount,
        )
        for each in items
    ]  # fmt: skip
