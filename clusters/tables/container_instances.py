"""Table columns of container instances and their events."""

from clusters.selectors.instance_resources import cpu_of, memory_of
from ecsdash.web.tables.cells import ago, mono
from ecsdash.web.tables.columns import Column

CELLS = "clusters/cells.html"
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
    Column("what", "Event", cell=f"{CELLS}#event_text", value=lambda row: row.text),
]
