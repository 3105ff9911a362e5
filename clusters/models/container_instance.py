"""Container instances and their events."""

from typing import Any, Self, cast

from django.db import models

from clusters.statuses import (
    ContainerInstanceStatus,
)
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.inventory.models import Account, Crumbs, Resource
from ecsdash.web.cached_reverse import address
from ecsdash.web.tone import Tone

IN_CLUSTER = {"account": "account__alias", "region": "region", "cluster": "cluster_name"}


class PlacedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        return cast(Self, policy.visible(self, user, permission, **IN_CLUSTER))


class ContainerInstance(Resource):
    """`name` is the EC2 instance id; `container_instance_id` the last part of the ARN. CPU in units, memory in MiB."""

    NOUN = "container_instance"
    PAGE = "clusters:instance"
    URL = {"cluster": "cluster_name", "instance": "name"}
    ACCESS_LOOKUPS = IN_CLUSTER

    cluster_name = models.CharField(max_length=255)
    container_instance_id = models.CharField(max_length=64)
    status = models.CharField(max_length=20)
    agent_connected = models.BooleanField(default=False)
    agent_version = models.CharField(max_length=40, blank=True)
    instance_type = models.CharField(max_length=40, blank=True)
    availability_zone = models.CharField(max_length=40, blank=True)
    capacity_provider_name = models.CharField(max_length=255, blank=True)
    running_tasks_count = models.PositiveIntegerField(default=0)
    pending_tasks_count = models.PositiveIntegerField(default=0)
    registered_cpu = models.PositiveIntegerField(default=0)
    remaining_cpu = models.IntegerField(default=0)
    registered_memory = models.PositiveIntegerField(default=0)
    remaining_memory = models.IntegerField(default=0)
    registered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "region", "cluster_name", "status"])]

    def crumbs_above(self) -> Crumbs:
        cluster = self.scope_kwargs(cluster=self.cluster_name)
        return [
            ("Clusters", address("clusters:list", **self.scope_kwargs())),
            (self.cluster_name, address("clusters:detail", **cluster)),
            ("Container instances", address("clusters:instances", **cluster)),
        ]

    @property
    def tone(self) -> Tone:
        return ContainerInstanceStatus.tone_of(self.status, connected=self.agent_connected)


class ContainerInstanceEvent(models.Model):
    """A change of a container instance that a sweep or an ECS event showed. ECS itself keeps no such history.

    Account, region and cluster are stored here too, so that queries of a cluster need no join.
    """

    class Kind(models.TextChoices):
        REGISTERED = "registered"
        STATUS = "status changed"
        AGENT_LOST = "agent lost"
        AGENT_BACK = "agent back"
        GONE = "gone"

    instance = models.ForeignKey(ContainerInstance, on_delete=models.CASCADE, related_name="events")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=30)
    cluster_name = models.CharField(max_length=255)
    kind = models.CharField(max_length=20, choices=Kind)
    status = models.CharField(max_length=20, help_text="Of the instance since then")
    at = models.DateTimeField(db_index=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["instance", "kind", "at"], name="one_row_per_instance_event")]
        indexes = [models.Index(fields=["account", "region", "cluster_name", "-at"])]

    def __str__(self) -> str:
        return self.text

    @property
    def tone(self) -> Tone:
        special = {self.Kind.AGENT_LOST: Tone.BAD, self.Kind.GONE: Tone.IDLE}
        return special.get(self.Kind(self.kind)) or ContainerInstanceStatus.tone_of(self.status)

    @property
    def text(self) -> str:
        if self.kind == self.Kind.STATUS:
            return f"Status changed to {self.status}"
        return {
            self.Kind.REGISTERED: "Registered in the cluster",
            self.Kind.AGENT_LOST: "Agent disconnected from ECS",
            self.Kind.AGENT_BACK: "Agent reconnected to ECS",
            self.Kind.GONE: "Deregistered from the cluster",
        }[self.Kind(self.kind)]
