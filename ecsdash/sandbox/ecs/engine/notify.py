"""What EventBridge is told: changes of tasks, container instances and deployments, and what services say."""

from datetime import UTC, datetime
from typing import Any

from ecsdash.sandbox.ecs.aws_services import Scope
from ecsdash.sandbox.ecs.descriptions import container_instances, tasks
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance, Deployment, Json, Service, Task
from ecsdash.sandbox.ecs.state import World, scope_of

_SEVERITY = {
    "SERVICE_TASK_PLACEMENT_FAILURE": "ERROR",
    "SERVICE_TASK_START_IMPAIRED": "WARN",
    "SERVICE_DEPLOYMENT_FAILED": "ERROR",
}

_TIMELESS = frozenset((str, bool, type(None)))


def task_created(world: World, scope: Scope, cluster: Cluster, task: Task) -> None:
    _tell(world, scope, "ECS Task State Change", task.arn, tasks.wire(cluster, task, tags=False))


def task_changed(world: World, scope: Scope, cluster: Cluster, task: Task) -> None:
    task.version += 1
    task_created(world, scope, cluster, task)


def instance_changed(world: World, scope: Scope, cluster: Cluster, instance: ContainerInstance) -> None:
    instance.version += 1
    detail = container_instances.wire(cluster, instance, []) | {"clusterArn": cluster.arn}
    _tell(world, scope, "ECS Container Instance State Change", instance.arn, detail)


def deployment_changed(world: World, service: Service, deployment: Deployment, name: str, reason: str) -> None:
    detail = {
        "eventType": _SEVERITY.get(name, "INFO"),
        "eventName": name,
        "deploymentId": deployment.id,
        "reason": reason,
    }
    _tell(world, scope_of(service.arn), "ECS Deployment State Change", service.arn, detail)


def service_acted(world: World, cluster: Cluster, service: Service, name: str, **more: Any) -> None:
    detail = {
        "eventType": _SEVERITY.get(name, "INFO"),
        "eventName": name,
        "clusterArn": cluster.arn,
        "createdAt": world.now,
        **more,
    }
    scope = scope_of(service.arn)
    world.links.emit_event(scope, "ECS Service Action", [service.arn], _dated(detail))


def _tell(world: World, scope: Scope, detail_type: str, resource: str, detail: Json) -> None:
    world.links.emit_event(scope, detail_type, [resource], _dated(detail | {"updatedAt": world.now}))


def _dated(value: Any, name: str = "") -> Any:
    """A copy in which times are written as events write them."""
    if isinstance(value, dict):
        return {key: item if type(item) in _TIMELESS else _dated(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [item if type(item) in _TIMELESS else _dated(item) for item in value]
    if isinstance(value, (int, float)) and name.endswith("At"):
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value
