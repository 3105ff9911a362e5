"""Lists of tasks, stopped ones included, and the page of one task."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from clusters.selectors.clusters import cluster_or_404
from clusters.views.shared import cluster_context, table_states, with_places
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.inventory import changes
from ecsdash.inventory.freshness import Freshness, freshness
from ecsdash.inventory.scope import Scope, ScopeSelection, scoped, scoped_list
from ecsdash.web.cached_reverse import address
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
    Column("id", "Task", filter="name", value=lambda task: task.name, cell=cells.task_id),
    Column("status", "Status", sort="last_status", filter="last_status", cell=cells.task_status,
           value=lambda task: task.last_status, few=Few("last_status", partial(values, Task, "last_status"))),
    Column("cluster", "Cluster", sort="cluster_name", filter="cluster_name", value=lambda task: task.cluster_name,
           few=Few("cluster_name", partial(values, Task, "cluster_name"))),
    Column("service", "Service", sort="service_name", filter="service_name", cell=cells.task_service,
           value=lambda task: task.service_name),
    Column("family", "Task definition", sort="family", filter="family", value=lambda task: task.task_definition),
    Column("health", "Health", filter="health_status", secondary=True, cell=cells.task_health,
           value=lambda task: task.health_status),
    Column("launch", "Launch type", filter="launch_type", secondary=True,
           value=lambda task: task.capacity_provider_name or task.launch_type),
    Column("zone", "Zone", sort="availability_zone", filter="availability_zone", secondary=True,
           value=lambda task: task.availability_zone),
    Column("ip", "Private IP", filter="private_ip", secondary=True, value=lambda task: task.private_ip),
    Column("started", "Created", sort="created_at", cell=ago,
           value=lambda task: task.created_at),
]  # fmt: skip
#: By these, only the tasks that live have an index.
LIVING_ONLY = ("status", "zone")
ALL_COLUMNS = [replace(column, sort="") if column.key in LIVING_ONLY else column for column in COLUMNS]
ENDED_COLUMNS = [
    COLUMNS[0],
    Column("code", "Why", filter="stop_code", cell=cells.task_why, value=lambda task: task.stop_code),
    *COLUMNS[2:5],
    Column("stopped", "Stopped", sort="stopped_at", cell=cells.task_stopped,
           value=lambda task: task.stopped_at or task.gone_at),
    Column("reason", "Reason", filter="stopped_reason", cell=cells.task_reason, secondary=True,
           value=lambda task: task.masked_reason),
]  # fmt: skip


@require_safe
@scoped_list("tasks")
def task_list(request: HttpRequest, selection: ScopeSelection) -> HttpResponseBase:
    crumbs = [("Tasks", reverse("services:tasks", kwargs=selection.url_kwargs()))]
    rows = tasks.tasks(request.user, selection)
    return _list(request, selection, rows, "services/tasks/list.html", {"crumbs": crumbs})


@require_safe
@scoped("tasks", "clusters")
def cluster_task_list(request: HttpRequest, scope: Scope, cluster: str) -> HttpResponseBase:
    found = cluster_or_404(request.user, scope, cluster)
    rows = tasks.tasks(request.user, scope).filter(cluster_name=cluster)
    may_run = found.gone_at is None and policy.can_within(request.user, Permission.DEPLOY, found.access_target())
    context = {**cluster_context(found, "tasks", ("Tasks", request.path)), "may_run": may_run}
    selection = ScopeSelection(scope.account, scope.region, (scope,))
    return _list(request, selection, rows, "services/tasks/cluster.html", context)


def _list(
    request: HttpRequest, selection: ScopeSelection, rows: QuerySet[Task], template: str, context: dict[str, Any]
) -> HttpResponseBase:
    state, version = freshness(selection.scopes, "tasks"), changes.version_of(selection.scopes, "tasks")
    table = task_table(request, tasks.listed(rows), selection, version, state)
    if answer := table.answer():
        return answer
    shown = {**context, "table": table, "shown": _shown(request), "freshness": state}
    return fragments.render(request, template, shown, fragments.Fragment("tasks", version=version, every=5))


def task_table(
    request: HttpRequest, rows: QuerySet[Task], selection: ScopeSelection, version: Version, state: Freshness
) -> Table:
    """Of the tasks that `?show=` asks for: those that live (the default), those that have ended, or all."""
    shown = _shown(request)
    wanted = {"current": tasks.current, "stopped": tasks.ended}
    found = wanted[shown](rows) if shown in wanted else rows
    return Table(
        request,
        found,
        columns=with_places({"current": COLUMNS, "stopped": ENDED_COLUMNS, "all": ALL_COLUMNS}[shown], selection),
        version=version,
        name="tasks",
        title={"current": "Tasks", "stopped": "Stopped tasks", "all": "All tasks"}[shown],
        order="-stopped" if shown == "stopped" else "-started",
        search=["words"],
        indexed=dict.fromkeys(WORDS, "words"),
        row_url=lambda task: address("services:task", **task.url_kwargs()),
        row_menu="services/tasks/menu.html",
        icon="box",
        empty="No stopped task is known" if shown == "stopped" else "No task is running",
        empty_hint="Tasks appear here as soon as a service starts them or you run one.",
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
        crumbs = [("Tasks", reverse("services:tasks", kwargs=scope.url_kwargs())), (found.name[:12], request.path)]
        return {**task_context(request.user, found), "logs": written, "crumbs": crumbs, "freshness": state}

    moving = not found.stopped and not found.forgotten and found.last_status != found.desired_status
    return fragments.render(
        request,
        "services/tasks/detail.html",
        context,
        fragments.Fragment("task", changes.version_of(scope, "tasks"), every=2 if moving else 5, final=found.forgotten),
        fragments.Fragment("logs", version, every=5, final=finished or not written, calls_view=True),
    )
