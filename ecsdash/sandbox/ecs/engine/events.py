"""Service events in AWS's words. The last hundred are kept."""

from ecsdash.sandbox.ecs.models import Service, Task
from ecsdash.sandbox.ecs.state import EcsState

_KEPT = 100


def add_event(state: EcsState, service: Service, message: str) -> None:
    event = {"id": state.uuid(), "createdAt": state.now, "message": f"(service {service.name}) {message}"}
    service.events = [event, *service.events[: _KEPT - 1]]


def listed(tasks: list[Task]) -> str:
    return " ".join(f"(task {task.id})" for task in tasks)
