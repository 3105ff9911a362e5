"""What of the clusters app grows old. What is gone from AWS does so by itself."""

from clusters.models import ContainerInstanceEvent
from ecsdash.inventory.retention import retain

retain(ContainerInstanceEvent, "at")
