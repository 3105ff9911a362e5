"""The columns of the clusters app's tables."""

from clusters.resources import cpu_of, memory_of
from ecsdash.web.cells import ago, mono, status
from ecsdash.web.tables import Column

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
    Column("tags", "Tags", priority=5, cell=f"{CELLS}#tags",
           value=lambda row: ", ".join(f"{key}={value}" for key, value in sorted(row.shown_tags.items()))),
]  # fmt: skip

INSTANCES = [
    Column("name", "Container instance", path="name", cell=mono),
    Column("status", "Status", path="status", cell=f"{CELLS}#instance_status"),
    Column("type", "Instance type", path="instance_type", priority=2),
    Column("zone", "Availability Zone", path="availability_zone", priority=4),
    Column("tasks", "Running tasks", path="running_tasks_count", filter="", align="end", priority=2,
           cell=f"{CELLS}#instance_tasks"),
    Column("cpu", "CPU reserved", priority=2, cell=f"{CELLS}#reserved", value=cpu_of),
    Column("memory", "Memory reserved", priority=2, cell=f"{CELLS}#reserved", value=memory_of),
    Column("provider", "Capacity provider", path="capacity_provider_name", priority=3),
    Column("registered", "Registered", path="registered_at", filter="", priority=5, cell=ago),
    Column("agent", "Agent version", path="agent_version", optional=True, priority=3),
]  # fmt: skip

INSTANCE_EVENTS = [
    Column("at", "Time", path="at", filter="", cell=ago),
    Column("instance", "Container instance", path="instance__name", sort="", cell=f"{CELLS}#event_instance"),
    Column("what", "Event", cell=f"{CELLS}#event_words", value=lambda row: row.words),
]
