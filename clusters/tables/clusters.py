"""Table columns of clusters."""

from clusters.tables.costs import monthly_cost
from ecsdash.web.tables.cells import status
from ecsdash.web.tables.columns import Column

CELLS = "clusters/cells.html"
CLUSTERS = [
    Column("name", "Cluster", path="name"),
    Column("status", "Status", path="status", cell=status),
    Column("services", "Services", path="active_services_count", filter="", align="end", priority=2),
    Column("running", "Running tasks", path="running_tasks_count", filter="", align="end", priority=2),
    Column("pending", "Pending tasks", path="pending_tasks_count", filter="", align="end", priority=2,
           cell=f"{CELLS}#pending"),
    Column("instances", "Container instances", path="registered_container_instances_count", filter="", align="end",
           priority=3),
    Column("capacity", "Capacity providers", path="capacity_providers", sort="", priority=3, cell=f"{CELLS}#capacity",
           value=lambda row: ", ".join(row.capacity_providers)),
    Column("insights", "Container Insights", path="container_insights", priority=3, cell=f"{CELLS}#insights"),
    Column("cost", "Cost a month", path="monthly_cost", filter="", align="end", cell=monthly_cost, optional=True,
           priority=4),
    Column("tags", "Tags", priority=5, cell=f"{CELLS}#tags",
           value=lambda row: ", ".join(f"{key}={value}" for key, value in sorted(row.shown_tags.items()))),
]  # fmt: skip
