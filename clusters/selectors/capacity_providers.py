"""Queries of capacity providers and Auto Scaling groups, limited to those that the user may see."""

from typing import Any, cast

from django.db.models import QuerySet

from clusters.models import AutoScalingGroup, CapacityProvider
from ecsdash.inventory.scope import Scope


def capacity_providers(user: Any, scope: Scope) -> QuerySet[CapacityProvider]:
    rows = CapacityProvider.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    return cast(QuerySet[CapacityProvider], rows)


def auto_scaling_groups(user: Any, scope: Scope) -> QuerySet[AutoScalingGroup]:
    rows = AutoScalingGroup.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    return cast(QuerySet[AutoScalingGroup], rows)
