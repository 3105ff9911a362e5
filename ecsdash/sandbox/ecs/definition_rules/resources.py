"""CPU and memory: of the task, of its containers, and their sums."""

import re

from ecsdash.sandbox.ecs.errors import EcsError, client_error
from ecsdash.sandbox.ecs.models import Json

_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?|\.\d+)\s*(?P<unit>vcpu|gb)?")
_UNITS = {"cpu": "vcpu", "memory": "gb"}
_CPU_UNITS = range(128, 196_609)
_LEAST_MEMORY = 6


def size(value: str | None, unit: int, name: str) -> str | None:
    """Return task-level cpu or memory (`1024`, `1 vCPU`, `.5 GB`) as a whole number of CPU units or MiB."""
    if not value:
        return None
    match = _SIZE.fullmatch(value.strip().lower())
    if match is None or match["unit"] not in (None, _UNITS[name]):
        raise _bad_size(name)
    whole = int(float(match["number"]) * (unit if match["unit"] else 1))
    if name == "cpu" and whole not in _CPU_UNITS:
        raise _bad_size(name)
    return str(whole)


def check_container(params: Json, container: Json) -> None:
    name, memory, reservation = container["name"], container.get("memory"), container.get("memoryReservation")
    if not params.get("memory") and not memory and not reservation:
        raise client_error(
            f"Invalid setting for container '{name}'. "
            "At least one of 'memory' or 'memoryReservation' must be specified."
        )
    if any(value is not None and value < _LEAST_MEMORY for value in (memory, reservation)):
        raise client_error(
            f"Invalid setting for container '{name}'. The memory setting must be at least {_LEAST_MEMORY} MiB."
        )
    if memory and reservation and reservation > memory:
        raise client_error(
            f"Invalid setting for container '{name}'. 'memory' must be greater than or equal to 'memoryReservation'."
        )


def check_sums(params: Json) -> None:
    containers = params["containerDefinitions"]
    if params.get("cpu") and sum(each.get("cpu", 0) for each in containers) > int(params["cpu"]):
        raise client_error("The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.")
    if not params.get("memory"):
        return
    limit = int(params["memory"])
    for each in containers:
        for member in ("memory", "memoryReservation"):
            if each.get(member, 0) > limit:
                raise client_error(
                    f"The '{member}' setting for container '{each['name']}' is greater than for the task."
                )
    if sum(each.get("memoryReservation") or each.get("memory", 0) for each in containers) > limit:
        raise client_error(
            "The sum of all container 'memory' reservations cannot be greater than the value of the task 'memory'."
        )


def _bad_size(name: str) -> EcsError:
    return client_error(
        f"Invalid '{name}' setting for task. "
        "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
    )
