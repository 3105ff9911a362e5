"""Lists of tasks, stopped ones included, and the page of one task."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from clusters.selectors.clusters import cluster_or_404
from clusters.views.cluster_pages import cluster_context
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.inventory import changes
from ecsdash.inventory.freshness import Freshness, freshness
from ecsdash.inventory.list_states import table_states, with_scope_columns
from ecsdash.inventory.scope import PageRequest, Scope, ScopeSelection, scoped, scoped_list
from ecsdash.web.cached_reverse import address
from ecsdash.web.heading import Heading
from ecsdash.web.polling import fragments
from ecsdash.web.polling.counters import Version
from ecsdash.web.tables.table import Table
from services import jobs
from services.models import Task
from services.models.task import WORDS
from services.planning.revealing import may_reveal
from services.selectors import logs, tasks
from services.tables.tasks import COLUMNS_BY_STATE
from services.views.task_page import task_context


@require_safe
@scoped_list("tasks")
def task_list(request: PageRequest, selection: ScopeSelection) -> HttpResponseBase:
    crumbs = [("Tasks", reverse("services:tasks", kwargs=selection.url_kwargs()))]
    rows = tasks.tasks(request.user, selection)
    return _list(request, selection, rows, "services/tasks/list.html", {"crumbs": crumbs})


@require_safe
@scoped("tasks", "clusters")
def cluster_task_list(request: PageRequest, scope: Scope, cluster: str) -> HttpResponseBase:
    found = cluster_or_404(request.user, scope, cluster)
    rows = tasks.tasks(request.user, scope).filter(cluster_name=cluster)
    may_run = found.gone_at is None and policy.can_within(request.user, Permission.DEPLOY, found.access_target())
    context = {**cluster_context(found, "tasks", ("Tasks", request.path)), "may_run": may_run}
    selection = ScopeSelection(scope.account, scope.region, (scope,))
    return _list(request, selection, rows, "services/tasks/cluster.html", context)


def _list(
    request: PageRequest, selection: ScopeSelection, rows: QuerySet[Task], template: str, context: dict[str, Any]
) -> HttpResponseBase:
    state, version = freshness(selection.scopes, "tasks"), changes.version_of(selection.scopes, "tasks")
    table = task_table(request, tasks.listed(rows), selection, version, state)
    if response := table.alternative_response():
        return response
    shown = {**context, "table": table, "shown": _shown(request), "freshness": state}
    return fragments.render(request, template, shown, fragments.Fragment("tasks", version=version, every=5))


#: Title and hint of an empty list, by the state of the tasks that it shows.
EMPTY = {
    "current": ("No running tasks", "Create a service or run a task to start tasks."),
    "stopped": ("No stopped tasks", "Stopped tasks are listed here with their stopped reason, longer than in ECS."),
    "all": ("No tasks yet", "Create a service or run a task to start tasks."),
}


def task_table(
    request: PageRequest, rows: QuerySet[Task], selection: ScopeSelection, version: Version, state: Freshness
) -> Table:
    """Return the table of the tasks that `?show=` selects: current (the default), stopped, or all."""
    shown = _shown(request)
    wanted = {"current": tasks.current, "stopped": tasks.ended}
    found = wanted[shown](rows) if shown in wanted else rows
    return Table(
        request,
        found,
        columns=with_scope_columns(COLUMNS_BY_STATE[shown], selection),
        version=version,
        name="tasks",
        title={"current": "Tasks", "stopped": "Stopped tasks", "all": "All tasks"}[shown],
        order="-stopped" if shown == "stopped" else "-started",
        search=["words"],
        indexed=dict.fromkeys(WORDS, "words"),
        row_url=lambda task: address("services:task", **task.url_kwargs()),
        row_menu="services/tasks/menu.html",
        icon="box",
        empty=EMPTY[shown][0],
        empty_hint=EMPTY[shown][1],
        **table_states(state),
    )


def _shown(request: PageRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in ("stopped", "all") else "current"


@require_safe
@scoped("tasks", "task_definitions", "target_groups")
def task_detail(request: PageRequest, scope: Scope, task: str) -> HttpResponse:
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
        own["may_reveal"] = may_reveal(request.user, found)
        return {**task_context(request.user, found), **own}

    moving = not found.stopped and not found.forgotten and found.last_status != found.desired_status
    return fragments.render(
        request,
        "services/tasks/detail.html",
        context,
        fragments.Fragment(
            "task", changes.version_of(scope, "tasks", "target_groups"), every=2 if moving else 5, final=found.forgotten
        ),
        fragments.Fragment("logs", version, every=5, final=finished or not written, calls_view=True),
    )
