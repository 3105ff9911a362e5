"""Lists of tasks, stopped ones included, and the page of one task."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from clusters.selectors.clusters import cluster_or_404
from clusters.views.cluster_pages import cluster_context
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.inventory import changes
from ecsdash.inventory.freshness import Freshness, freshness
from ecsdash.inventory.list_states import table_states, with_scope_columns
from ecsdash.inventory.scope import Reach, Scope, reaching, scoped
from ecsdash.web.cached_reverse import address
from ecsdash.web.heading import Heading
from ecsdash.web.polling import fragments
from ecsdash.web.polling.counters import Version
from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.distinct import values
from ecsdash.web.tables.filters import Few
from ecsdash.web.tables.table import Table
from services import jobs
from services.models import Task
from services.models.task import WORDS
from services.selectors import logs, tasks
from services.tables import cells
from services.views.task_page import task_context

COLUMNS = [
    Column("id", "Task", path="name", sort="", cell=cells.task_id),
    Column("status", "Last status", path="last_status", cell=cells.task_status,
           few=Few("last_status", partial(values, Task, "last_status"))),
    Column("cluster", "Cluster", path="cluster_name", priority=2,
           few=Few("cluster_name", partial(values, Task, "cluster_name"))),
    Column("service", "Service", path="service_name", priority=2, cell=cells.task_service),
    Column("family", "Task definition", path="family", priority=2, value=lambda task: task.task_definition),
    Column("health", "Health status", path="health_status", sort="", priority=4, cell=cells.task_health),
    Column("launch", "Launch type / Capacity provider", path="launch_type", sort="", priority=5,
           value=lambda task: task.capacity_provider_name or task.launch_type),
    Column("zone", "Availability Zone", path="availability_zone", priority=4),
    Column("ip", "Private IP", path="private_ip", sort="", priority=3),
    Column("started", "Created", path="created_at", filter="", priority=2, cell=ago),
    Column("desired", "Desired status", path="desired_status", sort="", filter="", optional=True),
    Column("running", "Started", path="started_at", sort="", filter="", cell=ago, optional=True),
]  # fmt: skip
#: Columns that are indexed for current tasks only.
CURRENT_ONLY = ("status", "zone")
ALL_COLUMNS = [replace(column, sort="") if column.key in CURRENT_ONLY else column for column in COLUMNS]
ENDED_COLUMNS = [
    COLUMNS[0],
    Column("code", "Stop code", path="stop_code", sort="", cell=cells.task_why),
    *COLUMNS[2:5],
    Column("stopped", "Stopped", path="stopped_at", filter="", priority=2, cell=cells.task_stopped,
           value=lambda task: task.stopped_at or task.gone_at),
    Column("reason", "Stopped reason", path="stopped_reason", sort="", priority=3, cell=cells.task_reason,
           value=lambda task: task.masked_reason),
]  # fmt: skip


@require_safe
@reaching("tasks")
def task_list(request: HttpRequest, reach: Reach) -> HttpResponseBase:
    crumbs = [("Tasks", reverse("services:tasks", kwargs=reach.url_kwargs()))]
    rows = tasks.tasks(request.user, reach)
    return _list(request, reach, rows, "services/tasks/list.html", {"crumbs": crumbs})


@require_safe
@scoped("tasks", "clusters")
def cluster_task_list(request: HttpRequest, scope: Scope, cluster: str) -> HttpResponseBase:
    found = cluster_or_404(request.user, scope, cluster)
    rows = tasks.tasks(request.user, scope).filter(cluster_name=cluster)
    may_run = found.gone_at is None and policy.can_within(request.user, Permission.DEPLOY, found.where())
    context = {**cluster_context(found, "tasks", ("Tasks", request.path)), "may_run": may_run}
    reach = Reach(scope.account, scope.region, (scope,))
    return _list(request, reach, rows, "services/tasks/cluster.html", context)


def _list(
    request: HttpRequest, reach: Reach, rows: QuerySet[Task], template: str, context: dict[str, Any]
) -> HttpResponseBase:
    state, version = freshness(reach.scopes, "tasks"), changes.version_of(reach.scopes, "tasks")
    table = task_table(request, tasks.listed(rows), reach, version, state)
    if answer := table.answer():
        return answer
    shown = {**context, "table": table, "shown": _shown(request), "freshness": state}
    return fragments.render(request, template, shown, fragments.Fragment("tasks", version=version, every=5))


def task_table(request: HttpRequest, rows: QuerySet[Task], reach: Reach, version: Version, state: Freshness) -> Table:
    """Return the table of the tasks that `?show=` selects: current (the default), stopped, or all."""
    shown = _shown(request)
    wanted = {"current": tasks.current, "stopped": tasks.ended}
    found = wanted[shown](rows) if shown in wanted else rows
    return Table(
        request,
        found,
        columns=with_scope_columns({"current": COLUMNS, "stopped": ENDED_COLUMNS, "all": ALL_COLUMNS}[shown], reach),
        version=version,
        name="tasks",
        title={"current": "Tasks", "stopped": "Stopped tasks", "all": "All tasks"}[shown],
        order="-stopped" if shown == "stopped" else "-started",
        search=["words"],
        indexed=dict.fromkeys(WORDS, "words"),
        row_url=lambda task: address("services:task", **task.url_kwargs()),
        row_menu="services/tasks/menu.html",
        icon="box",
        empty="No stopped tasks" if shown == "stopped" else "No running tasks",
        empty_hint="Create a service or run a task to start tasks.",
        **table_states(state),
    )


def _shown(request: HttpRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in ("stopped", "all") else "current"


@require_safe
@scoped("tasks", "task_definitions")
def task_detail(request: HttpRequest, scope: Scope, task: str) -> HttpResponse:
    found = tasks.task_or_404(request.user, scope, task)
    version = changes.version_of(scope, "logs", "tasks")
    written, state = logs.logs(found), freshness(scope, "tasks")
    finished = logs.complete(found, written)
    if written and not finished:
        jobs.request_logs(found.pk)

    def context() -> dict[str, Any]:
        kind = f"Task of service {found.service_name}" if found.service_name else f"Task of {found.task_definition}"
        heading = Heading(found.name[:12], kind, found.last_status, found.tone)
        own = {"logs": written, "crumbs": found.crumbs(), "heading": heading, "freshness": state}
        return {**task_context(request.user, found), **own}

    moving = not found.stopped and not found.forgotten and found.last_status != found.desired_status
    return fragments.render(
        request,
        "services/tasks/detail.html",
        context,
        fragments.Fragment("task", changes.version_of(scope, "tasks"), every=2 if moving else 5, final=found.forgotten),
        fragments.Fragment("logs", version, every=5, final=finished or not written, calls_view=True),
    )
