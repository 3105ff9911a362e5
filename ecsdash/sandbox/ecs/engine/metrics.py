"""AWS/ECS metrics once a minute: utilisation of each service and cluster, reservation of clusters with instances."""

import math

from ecsdash.sandbox.ecs.aws_services import Metric
from ecsdash.sandbox.ecs.models import Cluster, Service
from ecsdash.sandbox.ecs.state import EcsState

_PERIOD = 60.0
_DAY = 86_400.0
_INSIGHTS = ("enabled", "enhanced")


def schedule(state: EcsState) -> None:
    state.timers.add(state.next_turn(_PERIOD), "metrics.minute")


def minute(state: EcsState) -> None:
    for scope, region in state.regions.items():
        for cluster in region.clusters.values():
            metrics = _of_cluster(state, cluster)
            if metrics:
                state.aws.put_metrics(scope, "AWS/ECS", metrics, state.now)
            if _has_insights(cluster):
                state.aws.put_metrics(scope, "ECS/ContainerInsights", _container_insights(state, cluster), state.now)
    schedule(state)


def _of_cluster(state: EcsState, cluster: Cluster) -> list[Metric]:
    metrics = []
    cpu_values, memory_values = [], []
    for service in cluster.services.values():
        if running := sum(task.running for task in state.tasks_of(cluster, service)):
            cpu, memory = _load(state, service, running)
            cpu_values.append(cpu)
            memory_values.append(memory)
            metrics += _pair(cpu, memory, (("ClusterName", cluster.name), ("ServiceName", service.name)))
    if cpu_values:
        mean_cpu, mean_memory = sum(cpu_values) / len(cpu_values), sum(memory_values) / len(memory_values)
        metrics += _pair(mean_cpu, mean_memory, (("ClusterName", cluster.name),))
    return metrics + _reservations(cluster)


def _has_insights(cluster: Cluster) -> bool:
    values = [each.get("value") for each in cluster.settings if each.get("name") == "containerInsights"]
    return any(value in _INSIGHTS for value in values)


def _container_insights(state: EcsState, cluster: Cluster) -> list[Metric]:
    running = sum(task.running for task in cluster.tasks.values())
    metrics = [Metric("TaskCount", (("ClusterName", cluster.name),), running, "Count")]
    for service in cluster.services.values():
        dimensions = (("ClusterName", cluster.name), ("ServiceName", service.name))
        running = sum(task.running for task in state.tasks_of(cluster, service))
        metrics += [
            Metric("RunningTaskCount", dimensions, running, "Count"),
            Metric("DesiredTaskCount", dimensions, service.desired_count, "Count"),
            Metric("PendingTaskCount", dimensions, max(0, service.desired_count - running), "Count"),
        ]
    return metrics


def _load(state: EcsState, service: Service, running: int) -> tuple[float, float]:
    """Percent of CPU and memory: a daily wave of its own for each service, with noise. More tasks share the CPU."""
    phase = sum(service.name.encode()) % 24 / 24
    wave = math.sin(2 * math.pi * (state.now / _DAY + phase))
    share = state.demand.setdefault(service.arn, max(running, service.desired_count)) / running
    cpu = min(100.0, (35 + 20 * wave + state.rng.uniform(-5, 5)) * share)
    memory = 48 + 6 * wave + state.rng.uniform(-2, 2)
    return round(cpu, 2), round(memory, 2)


def _pair(cpu: float, memory: float, dimensions: tuple[tuple[str, str], ...]) -> list[Metric]:
    return [
        Metric("CPUUtilization", dimensions, cpu, "Percent"),
        Metric("MemoryUtilization", dimensions, memory, "Percent"),
    ]


def _reservations(cluster: Cluster) -> list[Metric]:
    instances = [instance for instance in cluster.instances.values() if instance.status == "ACTIVE"]
    if not instances:
        return []
    dimensions = (("ClusterName", cluster.name),)
    cpu = 100 * sum(i.used_cpu for i in instances) / sum(i.cpu for i in instances)
    memory = 100 * sum(i.used_memory for i in instances) / sum(i.memory for i in instances)
    return [
        Metric("CPUReservation", dimensions, round(cpu, 2), "Percent"),
        Metric("MemoryReservation", dimensions, round(memory, 2), "Percent"),
    ]
