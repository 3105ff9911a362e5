"""Clusters."""

from django.db import models

from clusters.statuses import (
    ClusterStatus,
)
from ecsdash.inventory.models import Crumbs, Resource
from ecsdash.web.cached_reverse import address
from ecsdash.web.tone import Tone


class Cluster(Resource):
    NOUN = "cluster"
    SETTINGS = ("settings", "configuration", "capacityProviders", "defaultCapacityProviderStrategy", "tags")
    PAGE = "clusters:detail"
    URL = {"cluster": "name"}
    ACCESS_LOOKUPS = {"account": "account__alias", "region": "region", "cluster": "name"}

    status = models.CharField(max_length=20)
    active_services_count = models.PositiveIntegerField(default=0)
    running_tasks_count = models.PositiveIntegerField(default=0)
    pending_tasks_count = models.PositiveIntegerField(default=0)
    registered_container_instances_count = models.PositiveIntegerField(default=0)
    capacity_providers = models.JSONField(default=list, help_text="Names")
    container_insights = models.CharField(max_length=20, blank=True)
    monthly_cost = models.FloatField(null=True, help_text="Estimated, of its tasks on Fargate and its instances")

    class Meta:
        indexes = [models.Index(fields=["account", "region", "name"])]

    def crumbs_above(self) -> Crumbs:
        return [("Clusters", address("clusters:list", **self.scope_kwargs()))]

    @property
    def tone(self) -> Tone:
        return ClusterStatus.tone_of(self.status)
