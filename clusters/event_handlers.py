"""ECS events about container instances."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from django.db.models import Q

from clusters.models import ContainerInstance
from clusters.sync.clusters import instance_record
from clusters.sync.container_instance_events import recorded
from ecsdash.inventory.events.handlers import (
    Event,
    EventEffect,
    Mention,
    NounEvents,
    RowUpdate,
    event_handler,
    noun_events,
)
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record


@event_handler("ECS Container Instance State Change", "container_instances")
def container_instance_changed(event: Event) -> EventEffect:
    instance = event.detail
    cluster = instance["clusterArn"].rpartition("/")[2]

    def make(description: dict[str, Any]) -> Record:
        return instance_record(cluster, description)

    make(instance)
    arn, version, gone = instance["containerInstanceArn"], int(instance["version"]), instance["status"] == "INACTIVE"
    row = RowUpdate(ContainerInstance, "container_instances", arn, version, instance, make, gone=gone)
    return EventEffect(row, (Mention("container_instances", arn), Mention("clusters", instance["clusterArn"])))


@noun_events
class ContainerInstanceEvents(NounEvents):
    noun = "container_instances"

    def recording(self, scope: Scope, arns: Sequence[str]) -> AbstractContextManager[None]:
        """Record the changes of these instances as events."""
        return recorded(scope, Q(arn__in=arns))
