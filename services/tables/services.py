"""The columns of the tables of services and their deployments."""

from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from services.tables import cells

SERVICES = [
    Column("name", "Service", sort="name", filter="name"),
    Column("health", "Health", sort="health", filter="health", cell=cells.service_health),
    Column("cluster", "Cluster", sort="cluster_name", filter="cluster_name", value=lambda row: row.cluster_name,
           cell=cells.cluster),
    Column("tasks", "Tasks", sort="running_count", cell=cells.service_tasks,
           value=lambda row: f"{row.running_count}/{row.desired_count}"),
    Column("revision", "Task definition", sort="task_definition", filter="task_definition",
           cell=cells.revision),
    Column("capacity", "Capacity", sort="launch_type", filter="launch_type", value=lambda row: row.launch_type,
           secondary=True),
    Column("deployed", "Deployed", sort="deployed_at", cell=ago,
           value=lambda row: row.deployed_at, secondary=True),
    Column("event", "Last event", filter="last_event", cell=cells.service_event,
           value=lambda row: row.last_event, secondary=True),
]  # fmt: skip

CLUSTER_SERVICES = [column for column in SERVICES if column.key != "cluster"]

EVENTS = [
    Column("created_at", "When", sort="created_at", cell=ago),
    Column("message", "Event", filter="message", cell=cells.event_line),
]

DEPLOYMENTS = [
    Column("service", "Service", sort="service_name", filter="service_name", value=lambda row: row.service_name),
    Column("status", "Status", sort="status", filter="status", cell=cells.deployment_status),
    Column("cluster", "Cluster", sort="cluster_name", filter="cluster_name", value=lambda row: row.cluster_name),
    Column("revision", "Task definition", sort="task_definition", filter="task_definition",
           cell=cells.revision),
    Column("started", "Started", sort="created_at", cell=ago,
           value=lambda row: row.created_at),
    Column("took", "Took", cell=cells.deployment_took, value=lambda row: row.seconds),
    Column("reason", "Reason", filter="status_reason", cell=cells.deployment_reason,
           value=lambda row: row.status_reason, secondary=True),
]  # fmt: skip

SERVICE_DEPLOYMENTS = [column for column in DEPLOYMENTS if column.key not in ("service", "cluster")]
