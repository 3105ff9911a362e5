"""Progress of a service, from its events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecsdash.aws.placement import BLOCKING, PROGRESS


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
