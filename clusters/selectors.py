"""Queries of the clusters app. Each begins with what the user may see."""

from typing import Any, TypeVar, cast

from django.db.models import QuerySet
from django.http import Http404

from clusters.models import AutoScalingGroup, CapacityProvider, Choice, Cluster, ContainerInstance
from ecsdash.inventory.models import Place
from ecsdash.inventory.scope import Scope
from ecsdash.operations.models import Operation

LATEST = 5

ChoiceRow = TypeVar("ChoiceRow", bound=Choice)


def clusters(user: Any, place: Place) -> QuerySet[Cluster]:
    rows = Cluster.objects.visible_to(user).within(place).present()
    return cast(QuerySet[Cluster], rows.select_related("account"))


def cluster_or_404(user: Any, scope: Scope, name: str) -> Cluster:
    """Also a deleted one, as long as the inventory remembers it: `gone_at` then says since when it is gone."""
    rows = Cluster.objects.visible_to(user).in_scope(scope.account, scope.region).select_related("account")
    found = rows.filter(name=name).first()
    if found is None:
        raise Http404(f"There is no cluster called {name} here")
    return cast(Cluster, found)


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


def capacity_providers(user: Any, scope: Scope) -> QuerySet[CapacityProvider]:
    rows = CapacityProvider.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    return cast(QuerySet[CapacityProvider], rows)


def auto_scaling_groups(user: Any, scope: Scope) -> QuerySet[AutoScalingGroup]:
    rows = AutoScalingGroup.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    return cast(QuerySet[AutoScalingGroup], rows)


def choices(model: type[ChoiceRow], user: Any, scope: Scope) -> QuerySet[ChoiceRow]:
    """What a form may offer in this scope, by name; what belongs to no region (IAM) is offered in each."""
    rows = model.objects.visible_to(user).filter(account=scope.account, region__in=[scope.region, ""]).present()
    return cast("QuerySet[ChoiceRow]", rows.order_by("label", "name"))


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
