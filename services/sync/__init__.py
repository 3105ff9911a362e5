"""AWS -> inventory, one module per noun."""

from services.sync import deployments, load_balancers, services, support, task_definitions, tasks

__all__ = ["deployments", "load_balancers", "services", "support", "task_definitions", "tasks"]
