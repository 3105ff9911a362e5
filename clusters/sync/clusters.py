"""Sweeps of clusters, container instances, capacity providers and Auto Scaling groups."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance
from clusters.selectors.capacity import FARGATE
from clusters.sync.container_instance_events import recorded
from ecsdash.aws import limits
from ecsdash.aws.arns import arn
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record, mark_missing, replace, tag_dict, upsert
from ecsdash.inventory.sweeps.by_cluster import SweepByCluster
from ecsdash.inventory.sweeps.registry import refresher, sweeper

#: Hooks that get the ARNs of the container instances that a sweep has just stored, and the start time of the sweep.
stored_instances: list[Callable[[Scope, Sequence[str], datetime], None]] = []
DETAILS = ["SETTINGS", "CONFIGURATIONS", "STATISTICS", "TAGS"]


@sweeper("clusters")
def clusters(scope: Scope) -> None:
    aws = scope.connection()
    arns = aws.collect("ecs.list_clusters", "clusterArns", maxResults=limits.PAGE)
    described = aws.describe(
        "ecs.describe_clusters", "clusters", of=arns, by="clusters", size=limits.DESCRIBE_CLUSTERS, include=DETAILS
    )
    replace(Cluster, scope, [_cluster(each) for each in described if each["status"] != "INACTIVE"], "clusters")
    _add_new_providers(scope)


@refresher("clusters")
def refresh(scope: Scope, arns: Sequence[str]) -> None:
    clusters(scope)


class InstancesOfClusters(SweepByCluster):
    batch = limits.DESCRIBE_CONTAINER_INSTANCES

    def list_arns(self, cluster: str) -> list[str]:
        return self.aws.collect(
            "ecs.list_container_instances", "containerInstanceArns", cluster=cluster, maxResults=limits.PAGE
        )

    def describe(self, cluster: str, arns: Sequence[str]) -> list[dict[str, Any]]:
        return self.aws.describe(
            "ecs.describe_container_instances",
            "containerInstances",
            of=arns,
            by="containerInstances",
            size=self.batch,
            cluster=cluster,
            include=["TAGS", "CONTAINER_INSTANCE_HEALTH"],
        )

    def store(self, cluster: str, found: Sequence[dict[str, Any]]) -> None:
        records = [instance_record(cluster, each) for each in found if each.get("status") != "INACTIVE"]
        with recorded(self.scope, Q(arn__in=[record.arn for record in records])):
            upsert(ContainerInstance, self.scope, records, "container_instances")
        for hook in stored_instances:
            hook(self.scope, [record.arn for record in records], self.started_at)

    def finish(self, cluster: str, listed: Sequence[str]) -> None:
        here = Q(cluster_name=cluster, observed_at__lt=self.started_at)
        with recorded(self.scope, here):
            mark_missing(ContainerInstance, self.scope, listed, "container_instances", here)


@sweeper("container_instances")
def container_instances(scope: Scope) -> None:
    """Sweep the instances of the clusters that have some, or had some in the last sweep: the others need no call."""
    if freshness(scope, "clusters").seen_at is None:
        clusters(scope)
    present = ContainerInstance.objects.in_scope(scope.account, scope.region).present()
    listed_clusters = Cluster.objects.in_scope(scope.account, scope.region).present()
    swept = listed_clusters.filter(
        Q(registered_container_instances_count__gt=0) | Q(name__in=present.values("cluster_name"))
    ).values_list("name", flat=True)
    InstancesOfClusters(scope).run(sorted(swept))
    orphaned = ~Q(cluster_name__in=list(listed_clusters.values_list("name", flat=True)))
    with recorded(scope, orphaned & Q(gone_at=None)):
        mark_missing(ContainerInstance, scope, (), "container_instances", orphaned)


def cluster_names(scope: Scope) -> list[str]:
    """Return the names from the inventory, or from ECS while the inventory has none."""
    known = Cluster.objects.in_scope(scope.account, scope.region).present().order_by("name")
    names = list(known.values_list("name", flat=True))
    if not names:
        names = [arn.rpartition("/")[2] for arn in scope.connection().collect("ecs.list_clusters", "clusterArns")]
    return names


@sweeper("capacity_providers")
def capacity_providers(scope: Scope) -> None:
    aws, providers, token = scope.connection(), list[dict[str, Any]](), ""
    while True:  # botocore has no paginator for this call
        page = {"nextToken": token} if token else {}
        answer = aws.call("ecs.describe_capacity_providers", include=["TAGS"], **page).data
        providers += answer.get("capacityProviders", [])
        if not (token := answer.get("nextToken", "")):
            break
    providers += _managed_instances(scope, {each["name"] for each in providers})
    replace(CapacityProvider, scope, [_capacity_provider(scope, each) for each in providers], "capacity_providers")


def _add_new_providers(scope: Scope) -> None:
    """Store the capacity providers of Managed Instances that clusters have since the last sweep of the providers."""
    if freshness(scope, "capacity_providers").seen_at is None:
        return
    rows = CapacityProvider.objects.in_scope(scope.account, scope.region).present()
    known = {*rows.values_list("name", flat=True), *FARGATE}
    records = [_capacity_provider(scope, each) for each in _managed_instances(scope, known)]
    upsert(CapacityProvider, scope, records, "capacity_providers")


def _managed_instances(scope: Scope, listed: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the providers of ECS Managed Instances: a list without a cluster does not have them."""
    for cluster, names in _names_of_clusters(scope).items():
        if unknown := sorted(names - listed):
            described = scope.connection().describe(
                "ecs.describe_capacity_providers", "capacityProviders", of=unknown, by="capacityProviders",
                size=limits.DESCRIBE_CAPACITY_PROVIDERS, cluster=cluster, include=["TAGS"],
            )  # fmt: skip
            yield from (each for each in described if each.get("status") != "INACTIVE")


def _names_of_clusters(scope: Scope) -> dict[str, set[str]]:
    """Return the names of the capacity providers that each cluster is known to have."""
    found = {
        name: set(providers)
        for name, providers in Cluster.objects.in_scope(scope.account, scope.region)
        .present().values_list("name", "capacity_providers")
    }  # fmt: skip
    for row in CapacityProvider.objects.in_scope(scope.account, scope.region).present():
        if row.cluster_name in found:
            found[row.cluster_name].add(row.name)
    return found


@sweeper("auto_scaling_groups")
def auto_scaling_groups(scope: Scope) -> None:
    groups = scope.connection().collect("autoscaling.describe_auto_scaling_groups", "AutoScalingGroups")
    replace(AutoScalingGroup, scope, [_auto_scaling_group(each) for each in groups], "auto_scaling_groups")


def _cluster(data: dict[str, Any]) -> Record:
    settings = {each["name"]: each["value"] for each in data.get("settings", [])}
    columns = {
        "status": data["status"],
        "active_services_count": data.get("activeServicesCount", 0),
        "running_tasks_count": data.get("runningTasksCount", 0),
        "pending_tasks_count": data.get("pendingTasksCount", 0),
        "registered_container_instances_count": data.get("registeredContainerInstancesCount", 0),
        "capacity_providers": data.get("capacityProviders", []),
        "container_insights": settings.get("containerInsights", ""),
    }
    return Record(data["clusterArn"], data["clusterName"], data, tag_dict(data.get("tags")), columns)


def instance_record(cluster: str, data: dict[str, Any]) -> Record:
    attributes = {each["name"]: each.get("value", "") for each in data.get("attributes", [])}
    registered, remaining = _amounts(data.get("registeredResources")), _amounts(data.get("remainingResources"))
    own_id = data["containerInstanceArn"].rpartition("/")[2]
    columns = {
        "cluster_name": cluster,
        "container_instance_id": own_id,
        "status": data.get("status", ""),
        "agent_connected": data.get("agentConnected", False),
        "agent_version": data.get("versionInfo", {}).get("agentVersion", ""),
        "instance_type": attributes.get("ecs.instance-type", ""),
        "availability_zone": attributes.get("ecs.availability-zone", ""),
        "capacity_provider_name": data.get("capacityProviderName", ""),
        "running_tasks_count": data.get("runningTasksCount", 0),
        "pending_tasks_count": data.get("pendingTasksCount", 0),
        "registered_cpu": registered.get("CPU", 0),
        "remaining_cpu": remaining.get("CPU", 0),
        "registered_memory": registered.get("MEMORY", 0),
        "remaining_memory": remaining.get("MEMORY", 0),
        "registered_at": data.get("registeredAt"),
    }
    name = data.get("ec2InstanceId") or own_id
    return Record(data["containerInstanceArn"], name, data, tag_dict(data.get("tags")), columns)


def _amounts(resources: list[dict[str, Any]] | None) -> dict[str, int]:
    return {each["name"]: each["integerValue"] for each in resources or () if each.get("type") == "INTEGER"}


def _capacity_provider(scope: Scope, data: dict[str, Any]) -> Record:
    group = data.get("autoScalingGroupProvider", {})
    columns = {
        "status": data.get("status", ""),
        "auto_scaling_group_arn": group.get("autoScalingGroupArn", ""),
        "managed_scaling": group.get("managedScaling", {}).get("status") == "ENABLED",
    }
    own_arn = arn("ecs", scope.region, scope.account.account_id, f"capacity-provider/{data['name']}")
    return Record(data.get("capacityProviderArn") or own_arn, data["name"], data, tag_dict(data.get("tags")), columns)


def _auto_scaling_group(data: dict[str, Any]) -> Record:
    columns = {
        "min_size": data["MinSize"],
        "max_size": data["MaxSize"],
        "desired_capacity": data["DesiredCapacity"],
    }
    name = data["AutoScalingGroupName"]
    return Record(data["AutoScalingGroupARN"], name, data, tag_dict(data.get("Tags")), columns)
