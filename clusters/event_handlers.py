"""What ECS's events say of container instances."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from django.db.models import Q

from clusters.instance_events import recorded
from clusters.models import ContainerInstance
from clusters.sync import instance_record
from ecsdash.inventory.events.handlers import Event, News, RowNews, Touch, event_handler, witness
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record


@event_handler("ECS Container Instance State Change", "container_instances")
def container_instance_changed(event: Event) -> News:
    instance = event.detail
    cluster = instance["clusterArn"].rpartition("/")[2]

    def make(whole: dict[str, Any]) -> Record:
        return instance_record(cluster, whole)

    make(instance)
    arn, version, gone = instance["containerInstanceArn"], int(instance["version"]), instance["status"] == "INACTIVE"
    row = RowNews(ContainerInstance, "container_instances", arn, version, instance, make, gone=gone)
    return News(row, (Touch("container_instances", arn), Touch("clusters", instance["clusterArn"])))


@witness("container_instances")
def instances_recorded(scope: Scope, arns: Sequence[str]) -> AbstractContextManager[None]:
    return recorded(scope, Q(arn__in=arns))
