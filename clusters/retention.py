"""Retention of the clusters app's history."""

from clusters.models import ContainerInstanceEvent
from ecsdash.inventory.retention import retain

retain(ContainerInstanceEvent, "at")
