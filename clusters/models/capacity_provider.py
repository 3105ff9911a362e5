"""Capacity providers and the Auto Scaling groups behind them."""

from typing import Any

from django.db import models

from clusters.statuses import (
    CapacityProviderStatus,
)
from ecsdash.inventory.models import Crumbs, Resource
from ecsdash.web.cached_reverse import address
from ecsdash.web.tone import Tone


class CapacityProvider(Resource):
    """A capacity provider: FARGATE, FARGATE_SPOT, one with an Auto Scaling group, or one of ECS Managed Instances."""

    NOUN = "capacity_provider"
    PAGE = "clusters:capacity_provider"
    URL = {"capacity_provider": "name"}

    status = models.CharField(max_length=20)
    auto_scaling_group_arn = models.CharField(max_length=600, blank=True)
    managed_scaling = models.BooleanField(default=False)

    def crumbs_above(self) -> Crumbs:
        return [("Clusters", address("clusters:list", **self.scope_kwargs()))]

    @property
    def tone(self) -> Tone:
        return CapacityProviderStatus.tone_of(self.status)

    @property
    def group_settings(self) -> dict[str, Any]:
        """The settings of a provider with an Auto Scaling group, {} for others."""
        return dict(self.description.get("autoScalingGroupProvider") or {})

    @property
    def managed_instances(self) -> dict[str, Any]:
        """The settings of a provider of ECS Managed Instances, {} for others."""
        return dict(self.description.get("managedInstancesProvider") or {})

    @property
    def cluster_name(self) -> str:
        """The cluster that a provider of ECS Managed Instances belongs to; empty for others."""
        return str(self.description.get("cluster") or "").rpartition("/")[2]

    @property
    def kind(self) -> str:
        if self.managed_instances:
            return "ECS Managed Instances"
        return "Auto Scaling group" if self.auto_scaling_group_arn else "Fargate"


class AutoScalingGroup(Resource):
    """An EC2 Auto Scaling group. It has no page of its own: that of its capacity provider shows it."""

    NOUN = "auto_scaling_group"
    URL = {"group": "name"}

    min_size = models.PositiveIntegerField(default=0)
    max_size = models.PositiveIntegerField(default=0)
    desired_capacity = models.PositiveIntegerField(default=0)

    def get_absolute_url(self) -> str:
        found = CapacityProvider.objects.filter(auto_scaling_group_arn=self.arn).present().first()
        return found.get_absolute_url() if found else address("clusters:list", **self.scope_kwargs())

    def crumbs_above(self) -> Crumbs:
        return [("Clusters", address("clusters:list", **self.scope_kwargs()))]

    @property
    def instances(self) -> list[dict[str, Any]]:
        return list(self.description.get("Instances") or ())

    @property
    def launch_template(self) -> dict[str, str]:
        """The launch template, {} for a launch configuration."""
        mixed = self.description.get("MixedInstancesPolicy") or {}
        specified = (mixed.get("LaunchTemplate") or {}).get("LaunchTemplateSpecification")
        return dict(specified or self.description.get("LaunchTemplate") or {})
