"""Estimated monthly price of one task, from its task definition."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ecsdash.aws.prices import FREE_STORAGE, Estimate, fargate_monthly

FARGATE: Final = ("FARGATE", "FARGATE_SPOT")
SPOT: Final = "FARGATE_SPOT"


@dataclass(frozen=True)
class Reservation:
    """What a task reserves: CPU units and MiB."""

    cpu: int
    memory: int


def definition_cost(region: str, definition: Mapping[str, Any], count: int = 1, *, spot: bool = False) -> Estimate:
    """Return the cost of `count` tasks on Fargate of a task definition as ECS describes it."""
    return fargate_monthly(region, count=count, spot=spot, **size_of(definition))


def size_of(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of fargate_monthly that determine the price of a task."""
    runs_on = definition.get("runtimePlatform") or {}
    windows = str(runs_on.get("operatingSystemFamily", "")).startswith("WINDOWS")
    processor = "arm64" if runs_on.get("cpuArchitecture") == "ARM64" else "x86_64"
    return {
        "cpu": int(definition.get("cpu") or 0),
        "memory": int(definition.get("memory") or 0),
        "platform": "windows" if windows else processor,
        "storage": (definition.get("ephemeralStorage") or {}).get("sizeInGiB", FREE_STORAGE),
    }


def running_task_cost(region: str, task: Mapping[str, Any]) -> float | None:
    """Return the monthly cost of a running task as ECS describes it; None on instances, or if no price is known."""
    capacity = task.get("capacityProviderName") or task.get("launchType", "")
    if capacity not in FARGATE:
        return None
    attributes = {each.get("name"): each.get("value") for each in task.get("attributes", ())}
    processor = "ARM64" if attributes.get("ecs.cpu-architecture") == "arm64" else "X86_64"
    family = str(task.get("platformFamily", "")).upper()
    platform = {"operatingSystemFamily": family, "cpuArchitecture": processor}
    return definition_cost(region, {**task, "runtimePlatform": platform}, spot=capacity == SPOT).amount


def reservation_of(definition: Mapping[str, Any]) -> Reservation:
    """Return what ECS reserves on an instance for one task: the size of the task, or the sum of its containers."""
    containers = definition.get("containerDefinitions") or ()
    cpu = sum(int(each.get("cpu") or 0) for each in containers)
    memory = sum(int(each.get("memoryReservation") or each.get("memory") or 0) for each in containers)
    return Reservation(int(definition.get("cpu") or cpu), int(definition.get("memory") or memory))
