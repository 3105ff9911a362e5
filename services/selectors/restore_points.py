"""Restore points of services: the states that worked."""

from django.db.models import QuerySet

from ecsdash.web import parsing
from services.models import RestorePoint, Service

NEWEST = 25


def newest(service: Service, asked: str) -> list[RestorePoint]:
    """Return the newest restore points of the service, and the one that is asked for by its key."""
    rows = restore_points(service)
    found = list(rows[:NEWEST])
    key = parsing.number(asked)
    if key is not None and key not in {each.pk for each in found}:
        found += rows.filter(pk=key)
    return found


def restore_points(service: Service) -> QuerySet[RestorePoint]:
    return RestorePoint.objects.filter(service=service).order_by("-steady_at", "-pk")


def in_words(point: RestorePoint) -> str:
    """Return `2026-11-26 12:00 UTC: web:3, 4 tasks`."""
    tasks = "daemon" if point.tasks is None else f"{point.tasks} {'task' if point.tasks == 1 else 'tasks'}"
    return f"{point.steady_at:%Y-%m-%d %H:%M} UTC: {point.revision}, {tasks}"
