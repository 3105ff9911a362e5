"""Base classes and steps of the actions on capacity providers and their Auto Scaling groups."""

from typing import Any

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster
from clusters.selectors.capacity import FARGATE
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory.models import Resource
from ecsdash.operations.actions import Action, ActionContext


def clusters_with(provider: CapacityProvider) -> list[Cluster]:
    """Return the clusters that the provider is attached to."""
    rows = Cluster.objects.in_scope(provider.account, provider.region).present().order_by("name")
    return [row for row in rows.select_related("account") if provider.name in row.capacity_providers]


def provider_of(group: AutoScalingGroup) -> CapacityProvider | None:
    rows = CapacityProvider.objects.in_scope(group.account, group.region).present()
    found: CapacityProvider | None = rows.filter(auto_scaling_group_arn=group.arn).first()
    return found


def place_of(context: ActionContext, clusters: list[Cluster]) -> AccessTarget:
    """Return the place whose permission decides: the cluster, or the whole account and region for several or none."""
    return clusters[0].access_target() if len(clusters) == 1 else context.scope.access_target()


class ProviderAction(Action):
    resource_type = CapacityProvider

    def access_target(self, context: ActionContext, data: Any = None) -> AccessTarget:
        return place_of(context, clusters_with(context.resource))

    def unavailable(self, resource: Any) -> str:
        if resource.name in FARGATE:
            return "AWS manages this capacity provider."
        if resource.gone_at is not None:
            return "The capacity provider no longer exists."
        return "" if resource.status == "ACTIVE" else f"The capacity provider is {resource.status}."


class GroupAction(Action):
    resource_type = AutoScalingGroup

    def access_target(self, context: ActionContext, data: Any = None) -> AccessTarget:
        provider = provider_of(context.resource)
        return place_of(context, clusters_with(provider) if provider else [])

    def unavailable(self, resource: Resource) -> str:
        return "" if resource.gone_at is None else "The Auto Scaling group no longer exists."
