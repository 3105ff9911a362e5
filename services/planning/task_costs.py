"""Estimated costs of tasks on Fargate. Tasks on EC2 instances cost nothing beyond the instances."""

from collections.abc import Mapping
from typing import Any

from ecsdash.aws.prices import FREE_STORAGE, Estimate, difference, fargate_monthly
from services.models import Service


def definition_cost(region: str, definition: Mapping[str, Any], count: int, *, spot: bool = False) -> Estimate:
    """Return the cost of `count` tasks of a task definition as ECS describes it."""
    return fargate_monthly(region, count=count, spot=spot, **_size(definition))


def tasks_cost(service: Service, definition: Mapping[str, Any], more: int) -> Estimate | None:
    """Return the cost of `more` tasks (negative: fewer) of a service; None unless it runs on Fargate."""
    if not service.launch_type.startswith("FARGATE"):
        return None
    return definition_cost(service.region, definition, more, spot=service.launch_type == "FARGATE_SPOT")


def size_cost(
    service: Service, before: Mapping[str, Any], after: Mapping[str, Any], count: int | None = None
) -> Estimate | None:
    """Return the cost difference of all desired tasks between two revisions, with the bill before and after; `count`
    are the desired tasks after. None if size and number stay, and on container instances."""
    present = service.desired_count
    wanted = present if count is None else count
    if (_size(before), present) == (_size(after), wanted):
        return None
    old, new = tasks_cost(service, before, present), tasks_cost(service, after, wanted)
    return difference(old, new) if old and new else None


def _size(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of fargate_monthly that determine the price of a task."""
    runs_on = definition.get("runtimePlatform", {})
    windows = str(runs_on.get("operatingSystemFamily", "")).startswith("WINDOWS")
    processor = "arm64" if runs_on.get("cpuArchitecture") == "ARM64" else "x86_64"
    return {
        "cpu": int(definition.get("cpu") or 0),
        "memory": int(definition.get("memory") or 0),
        "platform": "windows" if windows else processor,
        "storage": definition.get("ephemeralStorage", {}).get("sizeInGiB", FREE_STORAGE),
    }
