"""A simulated Amazon ECS control plane: the API, and the scheduler behind it, on a simulated clock."""

from ecsdash.sandbox.ecs.errors import EcsError
from ecsdash.sandbox.ecs.plane import EcsControlPlane

__all__ = ["EcsControlPlane", "EcsError"]
