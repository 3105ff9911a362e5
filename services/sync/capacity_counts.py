"""Counts of container instances and clusters, computed from their tasks, so that a task event needs no AWS call.

Each batch of events counts the instances and clusters that it names, once all tasks have been swept.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from clusters.models import Cluster, ContainerInstance
from clusters.sync.clusters import stored_instances
from ecsdash.inventory.changes import bump
from ecsdash.inventory.events import coverage
from ecsdash.inventory.scope import Scope
from services.models import Service, Task, TaskDefinition
from services.models.task import LIVING
from services.sync.counts import PENDING, RUNNING, swept

INSTANCE_COLUMNS = (
    "running_tasks_count", "pending_tasks_count", "remaining_cpu", "remaining_memory", "description", "digest",
    "observed_at",
)  # fmt: skip
CLUSTER_COLUMNS = (
    "running_tasks_count", "pending_tasks_count", "active_services_count", "registered_container_instances_count",
    "description", "digest", "observed_at",
)  # fmt: skip
PORT_RESOURCES = {"PORTS": "tcp", "PORTS_UDP": "udp"}
#: (protocol, host port)
Port = tuple[str, str]


@dataclass
class HeldResources:
    """Resources that the tasks on a container instance reserve: CPU in units, memory in MiB."""

    running: int = 0
    pending: int = 0
    cpu: int = 0
    memory: int = 0
    ports: set[Port] = field(default_factory=set)


def recount_instances(scope: Scope, arns: Sequence[str]) -> None:
    """Update the task counts, remaining CPU, memory and host ports of these instances from their tasks."""
    if not arns or not swept(scope, "tasks"):
        return
    with transaction.atomic():
        rows = ContainerInstance.objects.in_scope(scope.account, scope.region).present().filter(arn__in=arns)
        found = list(cast(Iterable[ContainerInstance], rows.order_by("arn").select_for_update()))
        held = _held(scope, [instance.arn for instance in found])
        _save(scope, "container_instances", found, lambda row: _write_instance(row, held[row.arn]), INSTANCE_COLUMNS)


def recount_changed_instances(scope: Scope, arns: Sequence[str], since: datetime) -> None:
    """Recount those instances whose tasks have changed since the sweep that described the instances began."""
    if not coverage.covers_scope(scope):
        return
    changed = _tasks_on(scope, arns).filter(observed_at__gte=since).values_list("container_instance_arn", flat=True)
    recount_instances(scope, sorted(set(changed)))


stored_instances.append(recount_changed_instances)


def recount_clusters(scope: Scope, arns: Sequence[str]) -> None:
    """Update the counters of these clusters from the rows of their tasks, services and instances."""
    if not arns or not swept(scope, "tasks", "services", "container_instances"):
        return
    with transaction.atomic():
        rows = Cluster.objects.in_scope(scope.account, scope.region).present().filter(arn__in=arns)
        found = list(cast(Iterable[Cluster], rows.order_by("arn").select_for_update()))
        _save(scope, "clusters", found, lambda row: _write_cluster(scope, row), CLUSTER_COLUMNS)


def _save(scope: Scope, noun: str, rows: Sequence[Any], write: Callable[[Any], bool], columns: Sequence[str]) -> None:
    """Save the rows that `write` changes. Their digest is cleared, so that the next sweep writes them again."""
    changed = [row for row in rows if write(row)]
    for row in changed:
        row.digest, row.observed_at = "", timezone.now()
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, columns)
        bump(scope.account, scope.region, noun)


def _tasks_on(scope: Scope, arns: Sequence[str]) -> Any:
    """Return the tasks on these instances, with the condition of their index."""
    rows = Task.objects.in_scope(scope.account, scope.region).filter(container_instance_arn__in=arns)
    return rows.exclude(container_instance_arn="")


def _held(scope: Scope, arns: Sequence[str]) -> dict[str, HeldResources]:
    """Return the reserved resources by instance. Tasks hold theirs until stopped, fixed host ports since placement."""
    columns = (
        "container_instance_arn",
        "last_status",
        "cpu",
        "memory",
        "task_definition_arn",
        "description__containers",
    )
    tasks = list(_tasks_on(scope, arns).filter(LIVING).values_list(*columns))
    fixed = _fixed_ports({arn for *_, arn, _ in tasks})
    held: dict[str, HeldResources] = defaultdict(HeldResources)
    for instance, status, cpu, memory, definition, containers in tasks:
        own = held[instance]
        own.running += status in RUNNING
        own.pending += status in PENDING
        own.cpu += cpu or _sum(containers, "cpu")
        own.memory += memory or _sum(containers, "memory", "memoryReservation")
        own.ports |= fixed[definition] | _bound_ports(containers)
    return held


def _sum(containers: Iterable[dict[str, Any]] | None, *names: str) -> int:
    """Return the sum over the containers of the first of these keys that each has."""
    return sum(int(next((each[name] for name in names if each.get(name)), 0)) for each in containers or ())


def _bound_ports(containers: Iterable[dict[str, Any]] | None) -> set[Port]:
    bindings = [binding for each in containers or () for binding in each.get("networkBindings", [])]
    return {(each.get("protocol", "tcp"), str(each["hostPort"])) for each in bindings if each.get("hostPort")}


def _fixed_ports(arns: Iterable[str]) -> dict[str, set[Port]]:
    """Return the fixed host ports of task definitions by ARN."""
    found: dict[str, set[Port]] = defaultdict(set)
    rows = TaskDefinition.objects.filter(arn__in=arns).exclude(network_mode="awsvpc")
    names = ("arn", "network_mode", "description__containerDefinitions")
    for arn, mode, containers in rows.values_list(*names):
        for mapping in (mapping for each in containers or () for mapping in each.get("portMappings", [])):
            port = mapping.get("hostPort") or (mapping.get("containerPort") if mode == "host" else 0)
            if port:
                found[arn].add((mapping.get("protocol", "tcp"), str(port)))
    return found


def _write_instance(instance: ContainerInstance, held: HeldResources) -> bool:
    old = instance.description
    instance.running_tasks_count, instance.pending_tasks_count = held.running, held.pending
    instance.remaining_cpu = instance.registered_cpu - held.cpu
    instance.remaining_memory = instance.registered_memory - held.memory
    amounts = {"CPU": instance.remaining_cpu, "MEMORY": instance.remaining_memory}
    own = {each["name"]: set(each.get("stringSetValue", [])) for each in old.get("registeredResources", [])}
    remaining = [_remaining(each, amounts, held.ports, own) for each in old.get("remainingResources", [])]
    counts = {"runningTasksCount": held.running, "pendingTasksCount": held.pending}
    instance.description = {**old, **counts, "remainingResources": remaining}
    return bool(instance.description != old)


def _remaining(
    resource: dict[str, Any], amounts: dict[str, int], ports: set[Port], own: dict[str, set[str]]
) -> dict[str, Any]:
    """Return the updated entry of remainingResources. Its ports are those in use, including the agent's."""
    name = resource["name"]
    if name in amounts:
        return {**resource, "integerValue": amounts[name]}
    if name in PORT_RESOURCES:
        taken = own.get(name, set()) | {port for protocol, port in ports if protocol == PORT_RESOURCES[name]}
        same = taken == set(resource.get("stringSetValue", []))
        return resource if same else {**resource, "stringSetValue": sorted(taken, key=int)}
    return resource


def _write_cluster(scope: Scope, cluster: Cluster) -> bool:
    old = cluster.description
    here = {"account": scope.account, "region": scope.region, "cluster_name": cluster.name, "gone_at": None}
    tasks = Task.objects.filter(LIVING, **here).order_by().values_list("last_status").annotate(Count("pk"))
    statuses: dict[str, int] = dict(tasks)
    counts = {
        "runningTasksCount": sum(statuses.get(status, 0) for status in RUNNING),
        "pendingTasksCount": sum(statuses.get(status, 0) for status in PENDING),
        "activeServicesCount": Service.objects.filter(**here, status="ACTIVE").count(),
        "registeredContainerInstancesCount": ContainerInstance.objects.filter(**here).count(),
    }
    cluster.running_tasks_count, cluster.pending_tasks_count = counts["runningTasksCount"], counts["pendingTasksCount"]
    cluster.active_services_count = counts["activeServicesCount"]
    cluster.registered_container_instances_count = counts["registeredContainerInstancesCount"]
    cluster.description = {**old, **counts}
    return bool(cluster.description != old)
