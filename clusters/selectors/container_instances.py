"""Queries of container instances. Each begins with what the user may see."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404

from clusters.models import ContainerInstance
from ecsdash.inventory.scope import Scope


def instances(user: Any, scope: Scope, cluster: str) -> QuerySet[ContainerInstance]:
    rows = ContainerInstance.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    return cast(QuerySet[ContainerInstance], rows.filter(cluster_name=cluster).select_related("account"))


def instance_or_404(user: Any, scope: Scope, cluster: str, name: str) -> ContainerInstance:
    """By EC2 instance id; the newest registration of it. Also one that is gone, as long as it is remembered."""
    rows = ContainerInstance.objects.visible_to(user).in_scope(scope.account, scope.region)
    found = rows.filter(cluster_name=cluster, name=name).select_related("account").order_by("-registered_at").first()
    if found is None:
        raise Http404(f"The cluster {cluster} has no instance {name}")
    return cast(ContainerInstance, found)
