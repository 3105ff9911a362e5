"""Queries of clusters. Each begins with what the user may see."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404

from clusters.models import Cluster
from ecsdash.inventory.models import ScopeCondition
from ecsdash.inventory.scope import Scope
from ecsdash.operations.models import Operation

LATEST = 5


def clusters(user: Any, scopes: ScopeCondition) -> QuerySet[Cluster]:
    rows = Cluster.objects.visible_to(user).within(scopes).present()
    return cast(QuerySet[Cluster], rows.select_related("account"))


def cluster_or_404(user: Any, scope: Scope, name: str) -> Cluster:
    """Also a deleted one, as long as the inventory remembers it: `gone_at` then says since when it is gone."""
    rows = Cluster.objects.visible_to(user).in_scope(scope.account, scope.region).select_related("account")
    found = rows.filter(name=name).first()
    if found is None:
        raise Http404(f"There is no cluster called {name} here")
    return cast(Cluster, found)


def latest_operations(user: Any, cluster: Cluster) -> list[Operation]:
    """What was last changed in the cluster from here, newest first."""
    rows = Operation.objects.visible_to(user).filter(
        account=cluster.account, region=cluster.region, cluster=cluster.name
    )
    return list(rows.select_related("user").order_by("-created_at")[:LATEST])


def latest_form_data(user: Any, scope: Scope, cluster: str, field: str) -> dict[str, list[str]]:
    """The form of this person's latest operation in the cluster that has the field; empty when there is none."""
    rows = Operation.objects.visible_to(user).filter(
        user=user, account=scope.account, region=scope.region, cluster=cluster, form_data__has_key=field
    )
    found = rows.order_by("-created_at").values_list("form_data", flat=True).first() if cluster else None
    return found or {}
