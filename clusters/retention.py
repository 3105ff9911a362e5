"""Retention of the clusters app's history."""

from clusters.models import ContainerInstanceEvent
from ecsdash.inventory.retention import kept

kept(ContainerInstanceEvent, "at")
