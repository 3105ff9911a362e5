"""The columns of the tables of services and their deployments."""

from ecsdash.web.tables import Column

SERVICES = [
    Column("name", "Service", sort="name", filter="name", cell="services/services/cells.html#service"),
    Column("health", "Health", sort="health", filter="health", cell="services/services/cells.html#health"),
    Column("cluster", "Cluster", sort="cluster_name", filter="cluster_name", value=lambda row: row.cluster_name,
           cell="services/services/cells.html#cluster"),
    Column("tasks", "Tasks", sort="running_count", cell="services/services/cells.html#tasks",
           value=lambda row: f"{row.running_count}/{row.desired_count}"),
    Column("revision", "Task definition", sort="task_definition", filter="task_definition",
           cell="services/services/cells.html#revision"),
    Column("capacity", "Capacity", sort="launch_type", filter="launch_type", value=lambda row: row.launch_type,
           secondary=True),
    Column("deployed", "Deployed", sort="deployed_at", cell="components/cell_ago.html",
           value=lambda row: row.deployed_at, secondary=True),
    Column("event", "Last event", filter="last_event", cell="services/services/cells.html#event",
           value=lambda row: row.last_event, secondary=True),
]  # fmt: skip

CLUSTER_SERVICES = [column for column in SERVICES if column.key != "cluster"]

EVENTS = [
    Column("created_at", "When", sort="created_at", cell="services/services/cells.html#when"),
    Column("message", "Event", filter="message", cell="services/services/cells.html#message"),
]

DEPLOYMENTS = [
    Column("service", "Service", sort="service_name", filter="service_name", value=lambda row: row.service_name,
           cell="services/deployments/cells.html#service"),
    Column("status", "Status", sort="status", filter="status", cell="services/deployments/cells.html#status"),
    Column("cluster", "Cluster", sort="cluster_name", filter="cluster_name", value=lambda row: row.cluster_name),
    Column("revision", "Task definition", sort="task_definition", filter="task_definition",
           cell="services/deployments/cells.html#revision"),
    Column("started", "Started", sort="created_at", cell="components/cell_ago.html",
           value=lambda row: row.created_at),
    Column("took", "Took", cell="services/deployments/cells.html#took", value=lambda row: row.seconds),
    Column("reason", "Reason", filter="status_reason", cell="services/deployments/cells.html#reason",
           value=lambda row: row.status_reason, secondary=True),
]  # fmt: skip

SERVICE_DEPLOYMENTS = [column for column in DEPLOYMENTS if column.key not in ("service", "cluster")]
