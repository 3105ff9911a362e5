"""CPU and memory of Compose services: those of the containers, and the size of the task on Fargate."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ecsdash.aws.limits import FARGATE_MEMORY, fargate_memory_choices
from ecsdash.web.forms.document.pointers import below
from services.documents.compose.report import Report
from services.documents.compose.values import cpu_units, mapping, mebibytes

#: Place in a service -> member of the container, and how its value is read.
PLACES: Final = (
    (("cpus",), "cpu", cpu_units),
    (("mem_limit",), "memory", mebibytes),
    (("mem_reservation",), "memoryReservation", mebibytes),
    (("deploy", "resources", "limits", "cpus"), "cpu", cpu_units),
    (("deploy", "resources", "limits", "memory"), "memory", mebibytes),
    (("deploy", "resources", "reservations", "memory"), "memoryReservation", mebibytes),
)
NOT_IN_ECS: Final = (
    ("deploy", "resources", "limits", "pids"),
    ("deploy", "resources", "reservations", "cpus"),
    ("deploy", "resources", "reservations", "devices"),
    ("deploy", "resources", "reservations", "generic_resources"),
)
UNITS: Final = {"cpu": "CPU units", "memory": "MiB, hard limit", "memoryReservation": "MiB, soft limit"}
LEAST_MEMORY: Final = 6


def size_of(key: str, value: Any, at: str, report: Report) -> dict[str, int]:
    """Return the CPU units and memory of the container that one key of a service sets. Raise Misused."""
    settings = {key: value}
    found: dict[str, int] = {}
    for path, member, read in PLACES:
        given = _at(settings, path) if path[0] == key else None
        if given is not None:
            found[member] = max(read(given), 0 if member == "cpu" else LEAST_MEMORY)
            report.carried(below(at, *path), f"{found[member]} {UNITS[member]}")
    for path in NOT_IN_ECS:
        if path[0] == key and _at(settings, path) is not None:
            report.impossible(below(at, *path), f"{path[-1]} was left out.", "Fargate has no such setting.")
    return found


def task_size(containers: Sequence[Mapping[str, Any]], at: str, report: Report) -> dict[str, str]:
    """Return the smallest size of a Fargate task that has room for the containers."""
    cpu = sum(int(each.get("cpu", 0)) for each in containers)
    memory = sum(int(each.get("memory", each.get("memoryReservation", 0))) for each in containers)
    for size in FARGATE_MEMORY:
        fitting = [each for each in fargate_memory_choices(size) if each >= memory]
        if size >= cpu and fitting:
            what = (
                f"Task size: {size} CPU units and {fitting[0]} MiB, for {cpu} CPU units and {memory} MiB of containers."
            )
            report.changed(at, what, "Fargate has fixed sizes.", "Change them in the form.")
            return {"cpu": str(size), "memory": str(fitting[0])}
    largest = max(FARGATE_MEMORY)
    report.impossible(at, f"No Fargate task has {cpu} CPU units and {memory} MiB.", how="Split the services.")
    return {"cpu": str(largest), "memory": str(FARGATE_MEMORY[largest][1])}


def _at(settings: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = settings
    for name in path:
        value = mapping(value if value is not None else {}).get(name)
    return value
