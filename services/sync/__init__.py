"""AWS -> inventory, one module per noun."""

from services.sync import certificates, choices, deployments, load_balancers, services, task_definitions, tasks

__all__ = ["certificates", "deployments", "load_balancers", "services", "support", "task_definitions", "tasks"]
