"""Services and tasks of a cluster, for the plans of the clusters app."""

from typing import Any

from clusters.models import Cluster
from clusters.planning.occupants import Occupants, RunningTask, occupants_source
from services.models import Service, Task


@occupants_source
def occupants(cluster: Cluster) -> Occupants:
    """Return all services and tasks of the cluster, independent of the user's permissions: a teardown removes all."""
    here = {"account": cluster.account, "region": cluster.region, "cluster_name": cluster.name, "gone_at": None}
    services = Service.objects.filter(**here).exclude(status="INACTIVE").order_by("name")
    tasks = Task.objects.filter(**here).exclude(last_status="STOPPED").order_by("name")
    return Occupants(tuple(service.name for service in services), tuple(_running(task) for task in tasks))


def _running(task: Task) -> RunningTask:
    containers: list[dict[str, Any]] = task.description.get("containers", [])
    cpu = task.cpu or sum(int(each.get("cpu") or 0) for each in containers)
    memory = task.memory or sum(int(each.get("memoryReservation") or each.get("memory") or 0) for each in containers)
    return RunningTask(task.arn, task.service_name, task.container_instance_arn, cpu, memory)
