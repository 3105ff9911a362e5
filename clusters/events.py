"""What ECS's events say of container instances."""

from typing import Any

from clusters.models import ContainerInstance
from clusters.sync import instance_record
from ecsdash.inventory.events.handlers import Event, News, RowNews, event_handler
from ecsdash.inventory.store import Record


@event_handler("ECS Container Instance State Change", "container_instances")
def container_instance_changed(event: Event) -> News:
    instance = event.detail
    cluster = instance["clusterArn"].rpartition("/")[2]

    def make(whole: dict[str, Any]) -> Record:
        return instance_record(cluster, whole)

    make(instance)
    arn, version, gone = instance["containerInstanceArn"], int(instance["version"]), instance["status"] == "INACTIVE"
    return News(RowNews(ContainerInstance, "container_instances", arn, version, instance, make, gone=gone))
