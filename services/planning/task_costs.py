"""Estimated costs of tasks on Fargate. Tasks on EC2 instances cost nothing beyond the instances."""

from collections.abc import Mapping
from typing import Any

from ecsdash.aws.prices import Estimate, difference
from services.documents.task_prices import SPOT, definition_cost, size_of
from services.models import Service


def tasks_cost(service: Service, definition: Mapping[str, Any], more: int) -> Estimate | None:
    """Return the cost of `more` tasks (negative: fewer) of a service; None unless it runs on Fargate."""
    if not service.launch_type.startswith("FARGATE"):
        return None
    return definition_cost(service.region, definition, more, spot=service.launch_type == SPOT)


def size_cost(
    service: Service, before: Mapping[str, Any], after: Mapping[str, Any], count: int | None = None
) -> Estimate | None:
    """Return the cost difference of all desired tasks between two revisions, with the bill before and after; `count`
    are the desired tasks after. None if size and number stay, and on container instances."""
    present = service.desired_count
    wanted = present if count is None else count
    if (size_of(before), present) == (size_of(after), wanted):
        return None
    old, new = tasks_cost(service, before, present), tasks_cost(service, after, wanted)
    return difference(old, new) if old and new else None
