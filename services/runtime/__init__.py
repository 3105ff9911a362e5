"""What plans of this app name: conditions, look-ups, readers and live checks, one module per noun."""

from services.planning import cluster_occupants
from services.runtime import blueprints, load_balancers, services, task_definitions, tasks

__all__ = ["blueprints", "cluster_occupants", "load_balancers", "services", "task_definitions", "tasks"]
