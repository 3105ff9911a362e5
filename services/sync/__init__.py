"""AWS -> inventory, one module per noun."""

from services.sync import (
    capacity_counts,
    certificates,
    deployments,
    load_balancers,
    services,
    support,
    task_definitions,
    tasks,
)

__all__ = [
    "capacity_counts",
    "certificates",
    "deployments",
    "load_balancers",
    "services",
    "support",
    "task_definitions",
    "tasks",
]
