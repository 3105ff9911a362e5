"""The columns of the clusters app's tables."""

from clusters.selectors.instance_resources import cpu_of, memory_of
from ecsdash.web.tables.cells import ago, mono, status
from ecsdash.web.tables.table import Column

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

INSTANCES = [
    Column("name", "Instance", sort="name", filter="name", cell=mono),
    Column("status", "Status", sort="status", filter="status", cell="clusters/cells.html#instance_status"),
    Column("type", "Type", sort="instance_type", filter="instance_type", value=lambda row: row.instance_type),
    Column("zone", "Zone", sort="availability_zone", filter="availability_zone",
           value=lambda row: row.availability_zone),
    Column("tasks", "Tasks", sort="running_tasks_count", align="end", cell="clusters/cells.html#instance_tasks",
           value=lambda row: row.running_tasks_count),
    Column("cpu", "CPU", cell="clusters/cells.html#reserved", value=cpu_of),
    Column("memory", "Memory", cell="clusters/cells.html#reserved", value=memory_of),
    Column("provider", "Provider", sort="capacity_provider_name", filter="capacity_provider_name",
           value=lambda row: row.capacity_provider_name or None, secondary=True),
    Column("registered", "Registered", sort="registered_at", cell=ago, secondary=True,
           value=lambda row: row.registered_at),
]  # fmt: skip

INSTANCE_EVENTS = [
    Column("at", "When", sort="at", cell=ago),
    Column("instance", "Instance", filter="instance__name", value=lambda row: row.instance.name,
           cell="clusters/cells.html#event_instance"),
    Column("what", "What happened", cell="clusters/cells.html#event_words", value=lambda row: row.words),
]  # fmt: skip
