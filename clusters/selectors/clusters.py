"""Queries of clusters, limited to those that the user may see."""

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
    """Return the cluster, also a deleted one that the inventory still contains (`gone_at`). Raise Http404."""
    rows = Cluster.objects.visible_to(user).in_scope(scope.account, scope.region).select_related("account")
    cluster = rows.filter(name=name).first()
    if cluster is None:
        raise Http404(f"The cluster {name} does not exist here")
    return cast(Cluster, cluster)


def latest_operations(user: Any, cluster: Cluster) -> list[Operation]:
    """Return the latest operations in the cluster, newest first."""
    rows = Operation.objects.visible_to(user).filter(
        account=cluster.account, region=cluster.region, cluster=cluster.name
    )
    return list(rows.select_related("user").order_by("-created_at")[:LATEST])


def latest_form_data(user: Any, scope: Scope, cluster: str, field: str) -> dict[str, list[str]]:
    """Return the form data of this user's latest operation in the cluster whose form has the field, or {}."""
    rows = Operation.objects.visible_to(user).filter(
        user=user, account=scope.account, region=scope.region, cluster=cluster, form_data__has_key=field
    )
    form_data = rows.order_by("-created_at").values_list("form_data", flat=True).first() if cluster else None
    return form_data or {}
