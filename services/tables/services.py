"""Table columns of services and deployments."""

from dataclasses import replace

from clusters.tables.costs import monthly_cost
from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from services.tables import cells

SERVICES = [
    Column("name", "Service", path="name"),
    Column("health", "Health", path="health", cell=cells.service_health),
    Column("cluster", "Cluster", path="cluster_name", priority=2, cell=cells.cluster),
    Column("tasks", "Tasks", path="running_count", filter="", priority=2, cell=cells.service_tasks,
           value=lambda row: f"{row.running_count}/{row.desired_count}"),
    Column("restarts", "Restarts 1 h / 24 h", path="restarts_day", filter="", priority=5, cell=cells.service_restarts),
    Column("revision", "Task definition", path="task_definition", priority=2, cell=cells.revision,
           value=lambda row: row.revision),
    Column("capacity", "Launch type / Capacity provider", path="launch_type", priority=3),
    Column("deployed", "Last deployment", path="deployed_at", filter="", priority=3, cell=ago),
    Column("event", "Last event", path="last_event", sort="", priority=4, cell=cells.service_event),
    Column("desired", "Desired tasks", path="desired_count", filter="", align="end", optional=True),
    Column("running", "Running tasks", path="running_count", filter="", align="end", optional=True),
    Column("pending", "Pending tasks", path="pending_count", filter="", align="end", optional=True),
    Column("cost", "Cost a month", path="monthly_cost", filter="", align="end", cell=monthly_cost,
           optional=True, priority=4),
    Column("created", "Created", path="created_at", filter="", cell=ago, optional=True),
]  # fmt: skip

CLUSTER_SERVICES = [column for column in SERVICES if column.key != "cluster"]

EVENTS = [
    Column("created_at", "Time", path="created_at", filter="", cell=ago),
    Column("message", "Message", path="message", sort="", cell=cells.event_line),
]

DEPLOYMENTS = [
    Column("service", "Service", path="service_name"),
    Column("status", "Status", path="status", cell=cells.deployment_status),
    Column("cluster", "Cluster", path="cluster_name", priority=2),
    Column("revision", "Task definition", path="task_definition", priority=2, cell=cells.revision,
           value=lambda row: row.revision),
    Column("started", "Started", path="created_at", filter="", priority=2, cell=ago),
    Column("took", "Duration", path="seconds", sort="", filter="", priority=3, cell=cells.deployment_took),
    Column("reason", "Status reason", path="status_reason", sort="", priority=3, cell=cells.deployment_reason),
    Column("finished", "Finished", path="finished_at", sort="", filter="", cell=ago, optional=True),
]  # fmt: skip

#: With the two columns of the service left out, a phone has room for the revision and the time.
SERVICE_DEPLOYMENTS = [
    replace(column, priority=1) if column.key in ("revision", "started") else column
    for column in DEPLOYMENTS
    if column.key not in ("service", "cluster")
]
