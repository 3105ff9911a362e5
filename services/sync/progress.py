"""Progress of a service, from its events and counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.verdicts.placement_causes import BLOCKING, PROGRESS


def blocking_event(service: Mapping[str, Any]) -> str:
    """Return the newest event message that reports that tasks cannot start, unless a newer one reports progress."""
    for event in service.get("events", []):
        if PROGRESS.search(event["message"]):
            return ""
        if BLOCKING.search(event["message"]):
            return str(event["message"])
    return ""


def progressed_at(service: Mapping[str, Any], primary: Mapping[str, Any]) -> datetime | None:
    """Return when the service last made progress, by its events or the times of its primary deployment."""
    steps = (event["createdAt"] for event in service.get("events", []) if PROGRESS.search(event["message"]))
    times = (next(steps, None), primary.get("createdAt"), primary.get("updatedAt"))
    return max((each for each in times if each is not None), default=None)


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether more new tasks run, or fewer old ones, in the later description: a task that ends is no
    progress."""
    old, new = _running(before), _running(after)
    return any(
        new.get(key, 0) > number if key[1] == "PRIMARY" else new.get(key, 0) < number for key, number in old.items()
    )


def _running(service: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """Return (deployment, status) -> running tasks."""
    return {
        (each.get("id", ""), each.get("status", "")): each.get("runningCount", 0)
        for each in service.get("deployments", [])
    }
