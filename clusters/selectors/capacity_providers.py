"""Queries of capacity providers and Auto Scaling groups, limited to those that the user may see."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404

from clusters.models import AutoScalingGroup, CapacityProvider
from ecsdash.inventory.scope import Scope


def capacity_providers(user: Any, scope: Scope) -> QuerySet[CapacityProvider]:
    rows = CapacityProvider.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    return cast(QuerySet[CapacityProvider], rows)


def auto_scaling_groups(user: Any, scope: Scope) -> QuerySet[AutoScalingGroup]:
    rows = AutoScalingGroup.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    return cast(QuerySet[AutoScalingGroup], rows)


def managed_providers(scope: Scope) -> list[CapacityProvider]:
    """Return the capacity providers of ECS Managed Instances, also those that the user may not see."""
    rows = CapacityProvider.objects.in_scope(scope.account, scope.region).present()
    return [row for row in rows if row.managed_instances]


def provider_or_404(user: Any, scope: Scope, name: str) -> CapacityProvider:
    """Return the capacity provider, also a deleted one that the inventory still contains (`gone_at`). Raise Http404."""
    rows = CapacityProvider.objects.visible_to(user).in_scope(scope.account, scope.region)
    found = rows.filter(name=name).select_related("account").first()
    if found is None:
        raise Http404(f"The capacity provider {name} does not exist here")
    return cast(CapacityProvider, found)
