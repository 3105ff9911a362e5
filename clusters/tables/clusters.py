"""The columns of clusters."""

from ecsdash.web.tables.cells import status
from ecsdash.web.tables.columns import Column

CLUSTERS = [
    Column("name", "Cluster", sort="name", filter="name"),
    Column("status", "Status", sort="status", filter="status", cell=status),
    Column("services", "Services", sort="active_services_count", align="end",
           value=lambda row: row.active_services_count),
    Column("running", "Running", sort="running_tasks_count", align="end", value=lambda row: row.running_tasks_count),
    Column("pending", "Pending", sort="pending_tasks_count", align="end", cell="clusters/cells.html#pending",
           value=lambda row: row.pending_tasks_count),
    Column("instances", "Instances", sort="registered_container_instances_count", align="end",
           value=lambda row: row.registered_container_instances_count),
    Column("capacity", "Capacity", filter="capacity_providers", cell="clusters/cells.html#capacity", secondary=True,
           value=lambda row: ", ".join(row.capacity_providers)),
    Column("insights", "Insights", sort="container_insights", filter="container_insights", secondary=True,
           cell="clusters/cells.html#insights", value=lambda row: row.container_insights),
    Column("tags", "Tags", cell="clusters/cells.html#tags", secondary=True,
           value=lambda row: ", ".join(f"{key}={value}" for key, value in sorted(row.shown_tags.items()))),
]  # fmt: skip
