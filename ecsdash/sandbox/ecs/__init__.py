"""A simulated Amazon ECS control plane: the API, and the scheduler behind it, on a simulated clock."""

from .errors import EcsError
from .plane import EcsControlPlane

__all__ = ["EcsControlPlane", "EcsError"]
