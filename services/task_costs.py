"""Estimated costs of tasks on Fargate. Tasks on EC2 instances cost nothing beyond the instances."""

from collections.abc import Mapping
from typing import Any

from ecsdash.aws.prices import FREE_STORAGE, Estimate, difference, fargate_monthly
from services.models import Service


def definition_cost(region: str, definition: Mapping[str, Any], count: int, *, spot: bool = False) -> Estimate:
    """Cost of `count` tasks of a task definition, given as ECS's document."""
    runs_on = definition.get("runtimePlatform", {})
    windows = str(runs_on.get("operatingSystemFamily", "")).startswith("WINDOWS")
    processor = "arm64" if runs_on.get("cpuArchitecture") == "ARM64" else "x86_64"
    return fargate_monthly(
        region,
        int(definition.get("cpu") or 0),
        int(definition.get("memory") or 0),
        count,
        platform="windows" if windows else processor,
        spot=spot,
        storage=definition.get("ephemeralStorage", {}).get("sizeInGiB", FREE_STORAGE),
    )


def tasks_cost(service: Service, definition: Mapping[str, Any], more: int) -> Estimate | None:
    """Cost of `more` tasks (fewer: negative) of a service; None unless it runs on Fargate."""
    if not service.launch_type.startswith("FARGATE"):
        return None
    return definition_cost(service.region, definition, more, spot=service.launch_type == "FARGATE_SPOT")


def size_cost(service: Service, before: Mapping[str, Any], after: Mapping[str, Any]) -> Estimate | None:
    """Change of the cost of all desired tasks by another revision; None when the price of a task stays the same."""
    old, new = tasks_cost(service, before, service.desired_count), tasks_cost(service, after, service.desired_count)
    return None if old is None or new is None or old == new else difference(old, new)
