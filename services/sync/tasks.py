"""Tasks of every cluster, the stopped ones as long as ECS still knows them; what it forgets stays here."""

from typing import Any

from clusters.models import Cluster
from ecsdash.aws import limits
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.inventory import store
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps import sweeper
from services.models import Task


@sweeper("tasks")
def sweep(scope: Scope) -> None:
    aws = scope.connection()
    ended = set(_rows(scope).present().filter(last_status="STOPPED").values_list("arn", flat=True))
    records: list[Record] = []
    seen: set[str] = set()
    for cluster in _clusters(scope, aws):
        listed = _listed(aws, cluster)
        seen |= ended.intersection(listed)
        found = aws.describe(
            "ecs.describe_tasks",
            "tasks",
            of=[arn for arn in listed if arn not in ended],
            by="tasks",
            size=limits.DESCRIBE_TASKS,
            cluster=cluster,
            include=["TAGS"],
        )
        records += [record_of(task) for task in found]
    seen |= {record.arn for record in records}
    store.upsert(Task, scope, records, "tasks")
    store.mark_missing(Task, scope, seen, "tasks")


def _rows(scope: Scope) -> Any:
    return Task.objects.in_scope(scope.account, scope.region)


def _clusters(scope: Scope, aws: Aws) -> list[str]:
    """ARNs of the clusters, from the inventory; from ECS itself while the inventory holds none."""
    known = Cluster.objects.in_scope(scope.account, scope.region).present().values_list("arn", flat=True)
    return list(known) or aws.collect("ecs.list_clusters", "clusterArns")


def _listed(aws: Aws, cluster: str) -> list[str]:
    try:
        return [
            arn
            for status in ("RUNNING", "STOPPED")
            for arn in aws.collect("ecs.list_tasks", "taskArns", cluster=cluster, desiredStatus=status)
        ]
    except NotFound:
        return []  # the cluster was deleted meanwhile, and its tasks with it


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
    }
    return Record(task["taskArn"], task["taskArn"].rpartition("/")[2], task, store.tag_dict(task.get("tags")), columns)


def interface_details(task: dict[str, Any]) -> dict[str, str]:
    """What ECS says of the task's elastic network interface: subnetId, networkInterfaceId, privateIPv4Address ..."""
    for attachment in task.get("attachments", []):
        if attachment.get("type") == "ElasticNetworkInterface":
            return {each["name"]: each["value"] for each in attachment.get("details", [])}
    return {}


def completed(task: dict[str, Any]) -> bool:
    """It was run on purpose, not by a service, and every container of it ended with exit code 0."""
    if task.get("group", "").startswith("service:") or task.get("stopCode") != "EssentialContainerExited":
        return False
    return all(each.get("exitCode") == 0 for each in task.get("containers", []))


def images(task: dict[str, Any]) -> str:
    """The image and its digest of every container, one a line, none twice."""
    found = [each.get(key, "") for each in task.get("containers", []) for key in ("image", "imageDigest")]
    return "\n".join(dict.fromkeys(filter(None, found)))
