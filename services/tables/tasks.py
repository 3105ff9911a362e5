"""Table columns of tasks."""

from dataclasses import replace
from functools import partial

from clusters.tables.costs import monthly_cost
from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.distinct import values
from ecsdash.web.tables.filters import ValueSet
from services.models import Task
from services.tables import cells

COLUMNS = [
    Column("id", "Task", path="name", sort="", cell=cells.task_id),
    Column("status", "Last status", path="last_status", cell=cells.task_status,
           value_set=ValueSet("last_status", partial(values, Task, "last_status"))),
    Column("cluster", "Cluster", path="cluster_name", priority=2,
           value_set=ValueSet("cluster_name", partial(values, Task, "cluster_name"))),
    Column("service", "Service", path="service_name", priority=2, cell=cells.task_service),
    Column("family", "Task definition", path="family", priority=2, value=lambda task: task.task_definition),
    Column("health", "Health status", path="health_status", sort="", priority=4, cell=cells.task_health),
    Column("launch", "Launch type / Capacity provider", path="launch_type", sort="", priority=5,
           value=lambda task: task.capacity_provider_name or task.launch_type),
    Column("zone", "Availability Zone", path="availability_zone", priority=4),
    Column("ip", "Private IP", path="private_ip", sort="", priority=3),
    Column("started", "Created", path="created_at", filter="", priority=2, cell=ago),
    Column("desired", "Desired status", path="desired_status", sort="", filter="", optional=True),
    Column("cost", "Cost a month", path="monthly_cost", sort="", filter="", align="end", cell=monthly_cost,
           optional=True, priority=4),
    Column("running", "Started", path="started_at", sort="", filter="", cell=ago, optional=True),
]  # fmt: skip
#: Columns that are indexed for current tasks only.
CURRENT_ONLY = ("status", "zone")
ALL_COLUMNS = [replace(column, sort="") if column.key in CURRENT_ONLY else column for column in COLUMNS]
STOPPED_COLUMNS = [
    COLUMNS[0],
    Column("code", "Stop code", path="stop_code", sort="", cell=cells.task_why),
    *COLUMNS[2:5],
    Column("stopped", "Stopped", path="stopped_at", filter="", priority=2, cell=cells.task_stopped,
           value=lambda task: task.stopped_at or task.gone_at),
    Column("reason", "Stopped reason", path="stopped_reason", sort="", priority=3, cell=cells.task_reason,
           value=lambda task: task.masked_reason),
]  # fmt: skip
#: By the state of the tasks that a list shows.
COLUMNS_BY_STATE = {"current": COLUMNS, "stopped": STOPPED_COLUMNS, "all": ALL_COLUMNS}
