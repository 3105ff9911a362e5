"""Services and tasks of a cluster, for the plans of the clusters app."""

from typing import Any

from clusters.models import Cluster
from clusters.planning.workload import RunningTask, Workload, workload_source
from services.models import Service, Task


@workload_source
def workload(cluster: Cluster) -> Workload:
    """Return them from the inventory, whether or not the user may see them: a teardown must remove them all."""
    here = {"account": cluster.account, "region": cluster.region, "cluster_name": cluster.name, "gone_at": None}
    services = Service.objects.filter(**here).exclude(status="INACTIVE").order_by("name")
    tasks = Task.objects.filter(**here).exclude(last_status="STOPPED").order_by("name")
    return Workload(tuple(service.name for service in services), tuple(_running(task) for task in tasks))


def _running(task: Task) -> RunningTask:
    containers: list[dict[str, Any]] = task.description.get("containers", [])
    cpu = task.cpu or sum(int(each.get("cpu") or 0) for each in containers)
    memory = task.memory or sum(int(each.get("memoryReservation") or each.get("memory") or 0) for each in containers)
    return RunningTask(task.arn, task.service_name, task.container_instance_arn, cpu, memory)
