"""The handlers of timers, by the timer's name."""

from collections.abc import Callable

from ecsdash.sandbox.ecs.engine import (
    attachments,
    capacity,
    containers,
    faults,
    logs,
    managed_instances,
    metrics,
    scheduler,
    shutdown,
    startup,
)

EVENTS: dict[str, Callable[..., None]] = {
    "attached": attachments.attached,
    "provider": attachments.provider_changed,
    "definition": attachments.definition_deleted,
    "managed.started": managed_instances.started,
    "task.provisioned": startup.provisioned,
    "task.pulled": startup.pulled,
    "task.activated": containers.activated,
    "task.drained": shutdown.drained,
    "task.exited": shutdown.exited,
    "task.deprovisioned": shutdown.deprovisioned,
    "task.forgotten": shutdown.forgotten,
    "task.chatter": logs.chatter,
    "container.started": containers.started,
    "container.checked": containers.checked,
    "container.exited": containers.exited,
    "service.check": scheduler.check,
    "service.task_failed": scheduler.task_failed,
    "capacity.minute": capacity.minute,
    "capacity.scale": capacity.scale,
    "capacity.place": capacity.place,
    "metrics.minute": metrics.minute,
    "faults.minute": faults.minute,
}
