"""The columns of container instances and of their events."""

from clusters.selectors.instance_resources import cpu_of, memory_of
from ecsdash.web.tables.cells import ago, mono
from ecsdash.web.tables.columns import Column

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
