"""AWS -> inventory, one module per noun."""

from services.sync import support, task_definitions, tasks

__all__ = ["support", "task_definitions", "tasks"]
