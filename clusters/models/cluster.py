"""Clusters."""

from django.db import models

from clusters.statuses import (
    ClusterStatus,
)
from ecsdash.inventory.models import Resource
from ecsdash.web.tone import Tone


class Cluster(Resource):
    NOUN = "cluster"
    URL = {"cluster": "name"}
    ACCESS_LOOKUPS = {"account": "account__alias", "region": "region", "cluster": "name"}

    status = models.CharField(max_length=20)
    active_services_count = models.PositiveIntegerField(default=0)
    running_tasks_count = models.PositiveIntegerField(default=0)
    pending_tasks_count = models.PositiveIntegerField(default=0)
    registered_container_instances_count = models.PositiveIntegerField(default=0)
    capacity_providers = models.JSONField(default=list, help_text="Names")
    container_insights = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "region", "name"])]

    @property
    def tone(self) -> Tone:
        return ClusterStatus.tone_of(self.status)
