"""Sweeps of the running and stopped tasks of all clusters. Rows are kept when ECS no longer lists a task."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from clusters.sync.clusters import cluster_names
from ecsdash.aws import limits
from ecsdash.inventory import store
from ecsdash.inventory.models import ResourceQuerySet
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps.by_cluster import SweepByCluster
from ecsdash.inventory.sweeps.registry import sweeper
from services.documents.task_prices import running_task_cost
from services.models import Task
from services.statuses import TaskStatus


class RunningTasks(SweepByCluster):
    """Sweep of tasks that should run, and of known tasks until they stop: ECS lists these for an hour."""

    batch = limits.DESCRIBE_TASKS
    state = ~Q(last_status=TaskStatus.STOPPED)

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self._seen: defaultdict[str, set[str]] = defaultdict(set)

    def list_arns(self, cluster: str) -> list[str]:
        return self.aws.collect("ecs.list_tasks", "taskArns", cluster=cluster, desiredStatus="RUNNING")

    def to_describe(self, cluster: str, listed: Sequence[str]) -> Sequence[str]:
        known = self._rows(cluster).values_list("arn", flat=True)
        return [*listed, *sorted(set(known) - set(listed))]

    def describe(self, cluster: str, arns: Sequence[str]) -> list[dict[str, Any]]:
        return self.aws.describe(
            "ecs.describe_tasks", "tasks", of=arns, by="tasks", size=self.batch, cluster=cluster, include=["TAGS"]
        )

    def store(self, cluster: str, found: Sequence[dict[str, Any]]) -> None:
        store.upsert(Task, self.scope, [record_of(task) for task in found], "tasks")
        self._seen[cluster] |= {task["taskArn"] for task in found}

    def finish(self, cluster: str, listed: Sequence[str]) -> None:
        self._mark_missing(cluster, self._seen.pop(cluster, set()))

    def _mark_missing(self, cluster: str, seen: Iterable[str]) -> None:
        """Mark missing tasks, except rows that an event has written since the sweep began."""
        within = self._own(cluster) & Q(observed_at__lt=self.started_at)
        store.mark_missing(Task, self.scope, seen, "tasks", within)

    def _own(self, cluster: str) -> Q:
        return Q(cluster_name=cluster) & self.state

    def _rows(self, cluster: str) -> ResourceQuerySet:
        return Task.objects.in_scope(self.scope.account, self.scope.region).present().filter(self._own(cluster))


class StoppedTasks(RunningTasks):
    """Sweep of stopped tasks: finds tasks that ran between two sweeps, and marks those that ECS no longer lists."""

    state = Q(last_status=TaskStatus.STOPPED)

    def list_arns(self, cluster: str) -> list[str]:
        return self.aws.collect("ecs.list_tasks", "taskArns", cluster=cluster, desiredStatus="STOPPED")

    def to_describe(self, cluster: str, listed: Sequence[str]) -> Sequence[str]:
        ended = set(self._rows(cluster).values_list("arn", flat=True))
        return [arn for arn in listed if arn not in ended]

    def finish(self, cluster: str, listed: Sequence[str]) -> None:
        self._mark_missing(cluster, listed)


@sweeper("tasks")
def sweep(scope: Scope) -> None:
    names = cluster_names(scope)
    RunningTasks(scope).run(names)
    store.mark_missing(Task, scope, (), "tasks", ~Q(cluster_name__in=names))


@sweeper("stopped_tasks", choice=True)
def sweep_stopped(scope: Scope) -> None:
    StoppedTasks(scope).run(cluster_names(scope))


def record_of(task: dict[str, Any]) -> Record:
    group = task.get("group", "")
    family, _, revision = task["taskDefinitionArn"].rpartition("/")[2].rpartition(":")
    columns = {
        "cluster_name": task["clusterArn"].rpartition("/")[2],
        "service_name": group.removeprefix("service:") if group.startswith("service:") else "",
        "group": group,
        "task_definition_arn": task["taskDefinitionArn"],
        "family": family,
        "revision": int(revision),
        "last_status": task["lastStatus"],
        "desired_status": task["desiredStatus"],
        "health_status": task.get("healthStatus", ""),
        "launch_type": task.get("launchType", ""),
        "capacity_provider_name": task.get("capacityProviderName", ""),
        "container_instance_arn": task.get("containerInstanceArn", ""),
        "availability_zone": task.get("availabilityZone", ""),
        "private_ip": interface_details(task).get("privateIPv4Address", ""),
        "cpu": int(task.get("cpu") or 0),
        "memory": int(task.get("memory") or 0),
        "started_by": task.get("startedBy", ""),
        "created_at": task.get("createdAt"),
        "started_at": task.get("startedAt"),
        "stopped_at": task.get("stoppedAt"),
        "stop_code": task.get("stopCode", ""),
        "stopped_reason": task.get("stoppedReason", ""),
        "completed": completed(task),
        "images": images(task),
        "monthly_cost": running_task_cost(task["taskArn"].split(":")[3], task),
    }
    task_id, tags = task["taskArn"].rpartition("/")[2], store.tag_dict(task.get("tags"))
    return Record(task["taskArn"], task_id, task, tags, columns, version=int(task.get("version", 0)))


def interface_details(task: dict[str, Any]) -> dict[str, str]:
    """Return the details of the task's network interface: subnetId, networkInterfaceId, privateIPv4Address ..."""
    for attachment in task.get("attachments", []):
        if attachment.get("type") == "ElasticNetworkInterface":
            return {each["name"]: each["value"] for each in attachment.get("details", [])}
    return {}


def completed(task: dict[str, Any]) -> bool:
    """Return whether it is a standalone task whose containers all exited with code 0."""
    if task.get("group", "").startswith("service:") or task.get("stopCode") != "EssentialContainerExited":
        return False
    return all(each.get("exitCode") == 0 for each in task.get("containers", []))


def images(task: dict[str, Any]) -> str:
    """Return the distinct images and digests of the containers, one per line."""
    found = [each.get(key, "") for each in task.get("containers", []) for key in ("image", "imageDigest")]
    return "\n".join(dict.fromkeys(filter(None, found)))
