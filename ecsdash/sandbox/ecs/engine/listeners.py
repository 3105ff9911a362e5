"""Which containers of running tasks listen at a private address."""

from collections.abc import Iterator

from ecsdash.sandbox.ecs.engine.definitions import container_definition
from ecsdash.sandbox.ecs.models import Container, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope


def images_at(state: EcsState, scope: Scope, interface_id: str, address: str, port: int | None) -> list[str]:
    """Return the images of the containers that listen on the port; on any port if it is None."""
    return [
        container.image
        for task in _tasks_at(state, scope, interface_id, address)
        for container in task.containers
        if container.last_status == "RUNNING" and (port is None or _listens(state, scope, task, container, port))
    ]


def _tasks_at(state: EcsState, scope: Scope, interface_id: str, address: str) -> Iterator[Task]:
    """Tasks with this network interface, or on the instance with this address."""
    for cluster in state.region(scope).clusters.values():
        for task in cluster.tasks.values():
            if task.eni_id == interface_id if task.network else task.private_ip == address:
                yield task


def _listens(state: EcsState, scope: Scope, task: Task, container: Container, port: int) -> bool:
    """In awsvpc mode port mappings are optional: a container without any listens on every port."""
    if not task.network:
        return any(binding["hostPort"] == port for binding in container.bindings)
    body = container_definition(state.definition(scope, task.definition_arn), container.name)
    mapped = {mapping.get("containerPort") for mapping in body["portMappings"]}
    return not mapped or port in mapped
