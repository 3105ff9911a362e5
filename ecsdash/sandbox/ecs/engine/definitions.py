"""Values of a task definition with the overrides of one task."""

from ecsdash.sandbox.ecs.models import Json, Task, TaskDefinition


def container_definition(definition: TaskDefinition, name: str) -> Json:
    return next(item for item in definition.body["containerDefinitions"] if item["name"] == name)


def container_override(task: Task, name: str) -> Json:
    return next((item for item in task.overrides.get("containerOverrides", []) if item.get("name") == name), {})


def command_of(task: Task, container: Json) -> list[str]:
    command = container_override(task, container["name"]).get("command") or container.get("command", [])
    words: list[str] = container.get("entryPoint", []) + command
    return words


def task_size(definition: TaskDefinition, overrides: Json) -> tuple[int, int]:
    """Return the (CPU units, MiB) that a task reserves: those of the task, or the sum of its containers."""
    containers = definition.body["containerDefinitions"]
    changes = {item.get("name"): item for item in overrides.get("containerOverrides", [])}
    cpu = overrides.get("cpu") or definition.body.get("cpu")
    memory = overrides.get("memory") or definition.body.get("memory")
    each = [container | changes.get(container["name"], {}) for container in containers]
    total_cpu = int(cpu) if cpu else sum(container.get("cpu", 0) for container in each)
    total_memory = int(memory) if memory else sum(c.get("memoryReservation") or c.get("memory", 0) for c in each)
    return total_cpu, total_memory
