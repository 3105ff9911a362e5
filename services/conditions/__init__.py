"""What plans of this app name: conditions, look-ups, readers and live checks, one module per noun."""

from services.conditions import cluster_occupants, task_definitions, tasks

__all__ = ["cluster_occupants", "task_definitions", "tasks"]
