"""A simulated Amazon ECS control plane: the API, and the scheduler behind it, on a simulated clock."""

from ecsdash.sandbox.ecs.control_plane import EcsControlPlane
from ecsdash.sandbox.ecs.errors import EcsError

__all__ = ["EcsControlPlane", "EcsError"]
