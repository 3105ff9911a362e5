"""Events for EventBridge: changes of tasks, container instances, deployments and services."""

from datetime import UTC, datetime
from typing import Any

from ecsdash.sandbox.ecs.descriptions import container_instances, tasks
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance, Deployment, Json, Service, Task
from ecsdash.sandbox.ecs.state import EcsState, scope_of
from ecsdash.sandbox.scope import Scope

_SEVERITY = {
    "SERVICE_TASK_PLACEMENT_FAILURE": "ERROR",
    "SERVICE_TASK_START_IMPAIRED": "WARN",
    "SERVICE_DEPLOYMENT_FAILED": "ERROR",
}

_TIMELESS = frozenset((str, bool, type(None)))


def task_created(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    _tell(state, scope, "ECS Task State Change", task.arn, tasks.to_api(cluster, task, tags=False))


def task_changed(state: EcsState, scope: Scope, cluster: Cluster, task: Task) -> None:
    task.version += 1
    task_created(state, scope, cluster, task)


def instance_changed(state: EcsState, scope: Scope, cluster: Cluster, instance: ContainerInstance) -> None:
    instance.version += 1
    detail = container_instances.to_api(cluster, instance, []) | {"clusterArn": cluster.arn}
    _tell(state, scope, "ECS Container Instance State Change", instance.arn, detail)


def deployment_changed(state: EcsState, service: Service, deployment: Deployment, name: str, reason: str) -> None:
    detail = {
        "eventType": _SEVERITY.get(name, "INFO"),
        "eventName": name,
        "deploymentId": deployment.id,
        "reason": reason,
    }
    _tell(state, scope_of(service.arn), "ECS Deployment State Change", service.arn, detail)


def service_acted(state: EcsState, cluster: Cluster, service: Service, name: str, **more: Any) -> None:
    detail = {
        "eventType": _SEVERITY.get(name, "INFO"),
        "eventName": name,
        "clusterArn": cluster.arn,
        "createdAt": state.now,
        **more,
    }
    scope = scope_of(service.arn)
    state.aws.emit_event(scope, "ECS Service Action", [service.arn], _dated(detail))


def _tell(state: EcsState, scope: Scope, detail_type: str, resource: str, detail: Json) -> None:
    state.aws.emit_event(scope, detail_type, [resource], _dated(detail | {"updatedAt": state.now}))


def _dated(value: Any, name: str = "") -> Any:
    """Return a copy with times in the format of events."""
    if isinstance(value, dict):
        return {key: item if type(item) in _TIMELESS else _dated(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [item if type(item) in _TIMELESS else _dated(item) for item in value]
    if isinstance(value, (int, float)) and name.endswith("At"):
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value
