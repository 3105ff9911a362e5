"""EventBridge rules and EventBridge Scheduler: they run tasks in ECS at the times of their schedules."""

from ecsdash.sandbox.schedules.invoker import Invoker

__all__ = ["Invoker"]
