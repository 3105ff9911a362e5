"""Queries of container instances, limited to those that the user may see."""

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.http import Http404

from clusters.models import ContainerInstance
from ecsdash.inventory.scope import Scope


def instances(user: Any, scope: Scope, cluster: str) -> QuerySet[ContainerInstance]:
    rows = ContainerInstance.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    return cast(QuerySet[ContainerInstance], rows.filter(cluster_name=cluster).select_related("account"))


def instance_or_404(user: Any, scope: Scope, cluster: str, name: str) -> ContainerInstance:
    """Return the latest registration of the EC2 instance, also a deregistered one (`gone_at`). Raise Http404.

    `name` may also be the id by which messages of ECS name it.
    """
    rows = ContainerInstance.objects.visible_to(user).in_scope(scope.account, scope.region)
    named = rows.filter(Q(name=name) | Q(container_instance_id=name), cluster_name=cluster).select_related("account")
    instance = named.order_by("-registered_at").first()
    if instance is None:
        raise Http404(f"The cluster {cluster} has no container instance {name}")
    return cast(ContainerInstance, instance)


def instances_named(user: Any, scope: Scope, names: Iterable[str]) -> QuerySet[ContainerInstance]:
    """Return the container instances with these EC2 instance IDs, of all clusters."""
    rows = ContainerInstance.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    return cast(QuerySet[ContainerInstance], rows.filter(name__in=list(names)).order_by("name"))
