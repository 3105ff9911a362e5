"""The CloudWatch metrics of services, clusters and container instances."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from clusters.models import Cluster
from ecsdash.inventory.scope import Scope
from services.documents.service import groups_of
from services.models import ScalingPolicy, Service, TargetGroup

ECS: Final = "AWS/ECS"
INSIGHTS: Final = "ECS/ContainerInsights"
MOST_GROUPS: Final = 3  # target groups of a service whose metrics are read
MOST_POLICIES: Final = 10  # whose metrics are read
#: Metrics of a target group: name -> (metric, statistic).
OF_GROUP: Final = {
    "requests": ("RequestCount", "Sum"),
    "p50": ("TargetResponseTime", "p50"),
    "p95": ("TargetResponseTime", "p95"),
    "p99": ("TargetResponseTime", "p99"),
    "4xx": ("HTTPCode_Target_4XX_Count", "Sum"),
    "5xx": ("HTTPCode_Target_5XX_Count", "Sum"),
    "healthy": ("HealthyHostCount", "Minimum"),
    "unhealthy": ("UnHealthyHostCount", "Maximum"),
}
Dimensions = dict[str, str]


@dataclass(frozen=True)
class Subject:
    """What has metrics: a service, a cluster (without a service), or a container instance."""

    cluster: str
    service: str = ""
    instance: str = ""

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Metric:
    """A metric with its statistic; `name` is that of its values in a series."""

    name: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str = "Average"

    def query(self, number: int, period: int) -> dict[str, Any]:
        """Return the query of GetMetricData."""
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions]
        metric = {"Namespace": self.namespace, "MetricName": self.metric, "Dimensions": dimensions}
        return {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": period, "Stat": self.stat}}


def metrics_of(scope: Scope, subject: Subject) -> list[Metric]:
    """Return the metrics that exist for the subject as far as the inventory tells."""
    if subject.instance:
        return list(_of_instance(subject.instance))
    here: Dimensions = {"ClusterName": subject.cluster}
    if not subject.service:
        return [*_utilization(here), *_of_cluster(here), *(_cluster_insights(here) if insights(scope, subject) else ())]
    own = {**here, "ServiceName": subject.service}
    counts = _service_insights(own) if insights(scope, subject) else ()
    return [*_utilization(own), *counts, *_of_groups(scope, subject), *_followed(scope, subject)]


def insights(scope: Scope, subject: Subject) -> bool:
    """Return whether Container Insights is on in the cluster."""
    rows = Cluster.objects.in_scope(scope.account, scope.region).present().filter(name=subject.cluster)
    return rows.filter(container_insights__in=("enabled", "enhanced")).exists()


def target_groups(scope: Scope, subject: Subject) -> list[TargetGroup]:
    """Return the target groups of the service that have a load balancer."""
    rows = Service.objects.in_scope(scope.account, scope.region).filter(cluster_name=subject.cluster)
    service = rows.filter(name=subject.service).first()
    balancers = service.description.get("loadBalancers", []) if service else []
    arns = [arn for each in balancers for arn in groups_of(each)]
    groups = TargetGroup.objects.in_scope(scope.account, scope.region).present().filter(arn__in=arns)
    return [each for each in groups.order_by("name") if each.load_balancer_arns][:MOST_GROUPS]


def _metrics(namespace: str, dimensions: Dimensions, stats: Iterable[tuple[str, str, str]]) -> Iterator[Metric]:
    for name, metric, stat in stats:
        yield Metric(name, namespace, metric, tuple(dimensions.items()), stat)


def _utilization(dimensions: Dimensions) -> Iterator[Metric]:
    yield from _metrics(ECS, dimensions, (
        ("cpu", "CPUUtilization", "Average"), ("cpu_max", "CPUUtilization", "Maximum"),
        ("memory", "MemoryUtilization", "Average"), ("memory_max", "MemoryUtilization", "Maximum"),
    ))  # fmt: skip


def _of_cluster(dimensions: Dimensions) -> Iterator[Metric]:
    yield from _metrics(ECS, dimensions, (
        ("cpu_reserved", "CPUReservation", "Average"), ("memory_reserved", "MemoryReservation", "Average"),
    ))  # fmt: skip


def _cluster_insights(dimensions: Dimensions) -> Iterator[Metric]:
    yield from _metrics(INSIGHTS, dimensions, (("tasks", "TaskCount", "Average"),))


def _service_insights(dimensions: Dimensions) -> Iterator[Metric]:
    yield from _metrics(INSIGHTS, dimensions, (
        ("running", "RunningTaskCount", "Average"), ("desired", "DesiredTaskCount", "Average"),
        ("pending", "PendingTaskCount", "Maximum"),
    ))  # fmt: skip


def _of_instance(instance: str) -> Iterator[Metric]:
    yield from _metrics("AWS/EC2", {"InstanceId": instance}, (
        ("cpu", "CPUUtilization", "Average"), ("cpu_max", "CPUUtilization", "Maximum"),
        ("network_in", "NetworkIn", "Sum"), ("network_out", "NetworkOut", "Sum"),
    ))  # fmt: skip


def _of_groups(scope: Scope, subject: Subject) -> Iterator[Metric]:
    for group in target_groups(scope, subject):
        network = group.protocol not in ("HTTP", "HTTPS")
        namespace = "AWS/NetworkELB" if network else "AWS/ApplicationELB"
        balancer = group.load_balancer_arns[0].partition(":loadbalancer/")[2]
        dimensions = {"TargetGroup": group.arn.rpartition(":")[2], "LoadBalancer": balancer}
        for name, (metric, stat) in OF_GROUP.items():
            if not network or name in ("healthy", "unhealthy"):
                yield from _metrics(namespace, dimensions, [(f"{name}:{group.name}", metric, stat)])


def _followed(scope: Scope, subject: Subject) -> Iterator[Metric]:
    """Yield the metrics that scaling policies follow, unless they are the utilization that is read anyway."""
    rows = ScalingPolicy.objects.in_scope(scope.account, scope.region).present()
    own = rows.filter(resource_id=f"service/{subject.cluster}/{subject.service}").order_by("name")[:MOST_POLICIES]
    for name, alarms in own.values_list("name", "alarms"):
        alarm: dict[str, Any] = next(iter(alarms or ()), {})
        if alarm.get("MetricName") and alarm.get("Statistic") and alarm["Namespace"] != ECS:
            dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions", [])}
            stats = [(f"policy:{name}", alarm["MetricName"], alarm["Statistic"])]
            yield from _metrics(alarm["Namespace"], dimensions, stats)
