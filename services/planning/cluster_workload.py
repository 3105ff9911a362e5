"""Services and tasks of a cluster, for the plans of the clusters app."""

from dataclasses import replace
from typing import Any

from clusters.models import Cluster
from clusters.planning.placement import Demand
from clusters.planning.workload import RunningTask, Workload, workload_source
from ecsdash.inventory.scope import Scope
from services.models import Service, Task, TaskDefinition
from services.planning.task_demand import definitions_of, demand_of


@workload_source
def workload(cluster: Cluster) -> Workload:
    """Return them from the inventory, whether or not the user may see them: a teardown must remove them all."""
    here = {"account": cluster.account, "region": cluster.region, "cluster_name": cluster.name, "gone_at": None}
    services = Service.objects.filter(**here).exclude(status="INACTIVE").order_by("name")
    tasks = list(Task.objects.filter(**here).exclude(last_status="STOPPED").order_by("name"))
    named = {service.name: service for service in services}
    scope = Scope(cluster.account, cluster.region)
    definitions = definitions_of(scope, sorted({task.task_definition_arn for task in tasks}))
    running = (
        _running(task, named.get(task.service_name), definitions.get(task.task_definition_arn)) for task in tasks
    )
    return Workload(tuple(named), tuple(running))


def _running(task: Task, service: Service | None, definition: TaskDefinition | None) -> RunningTask:
    """Return the task with what it needs of another instance: by its service, its definition and its own size."""
    document = service.description if service else {}
    group = f"service:{task.service_name}" if task.service_name else task.group
    known = demand_of(definition, group, document) if definition else Demand(group)
    cpu, memory = _size(task)
    demand = replace(known, cpu=cpu, memory=memory)
    stays = service is not None and service.scheduling_strategy == "DAEMON"
    return RunningTask(task.arn, task.service_name, task.container_instance_arn, demand, stays)


def _size(task: Task) -> tuple[int, int]:
    containers: list[dict[str, Any]] = task.description.get("containers", [])
    cpu = task.cpu or sum(int(each.get("cpu") or 0) for each in containers)
    memory = task.memory or sum(int(each.get("memoryReservation") or each.get("memory") or 0) for each in containers)
    return cpu, memory
