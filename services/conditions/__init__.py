"""What plans of this app name: conditions, look-ups, readers and live checks, one module per noun."""

from services.conditions import (
    blueprints,
    cluster_occupants,
    load_balancers,
    removal,
    services,
    task_definitions,
    tasks,
)

__all__ = ["blueprints", "cluster_occupants", "load_balancers", "removal", "services", "task_definitions", "tasks"]
