"""Log lines of a service or of one task: filtered, by time, followed as they are written, downloaded."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecsdash.inventory import changes
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.heading import Heading
from ecsdash.web.polling import fragments
from services import jobs
from services.forms.log_search import LogForm, Period
from services.models import LogSearch, Task
from services.selectors import log_lines, services, tasks
from services.selectors.log_searches import Wanted
from services.sync import log_searches
from services.sync.log_sources import Selection, other_drivers, sources
from services.views.services import service_context

OFFERED = 50  # tasks to choose from
MARGIN = timedelta(minutes=1)


@require_safe
@scoped("services", "tasks")
def service_logs(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponseBase:
    found = services.service_or_404(request.user, scope, cluster, service)
    newest = list(services.tasks(request.user, [found])[:OFFERED])
    asked = request.GET.get("task", "")
    named = services.tasks(request.user, [found]).filter(name=asked).first() if asked.isalnum() else None
    form = LogForm(
        request.GET, _life(named), task=[task.name for task in newest], container=_containers(newest),
        revision=list(dict.fromkeys(task.task_definition for task in newest)),
    )  # fmt: skip
    context = {**service_context(found, "logs", ("Logs", "")), "tab_template": "services/services/service_base.html"}
    selection = {"cluster": cluster, "service": service}
    return _logs(request, scope, form, selection, newest, context)


@require_safe
@scoped("tasks")
def task_logs(request: PageRequest, scope: Scope, task: str) -> HttpResponseBase:
    found = tasks.task_or_404(request.user, scope, task)
    form = LogForm(request.GET, _life(found), container=_containers([found]))
    for name in ("task", "revision"):
        del form.fields[name]
    kind = f"Task of service {found.service_name}" if found.service_name else f"Task of {found.task_definition}"
    context = {
        "heading": Heading(found.name[:12], kind, found.last_status, found.tone, view="Logs"),
        "crumbs": [*found.crumbs(), ("Logs", "")],
        "tab_template": "base.html",
    }
    return _logs(request, scope, form, {"cluster": found.cluster_name, "task": task}, [found], context)


def _life(task: Task | None) -> Period | None:
    """Return when a stopped task ran, with a minute before and after."""
    if task is None or task.stopped_at is None:
        return None
    return (task.created_at or task.stopped_at) - MARGIN, task.stopped_at + MARGIN


def _containers(newest: list[Task]) -> list[str]:
    listed = newest[:1]
    return sorted({each.container for each in sources(listed)} | {each.container for each in other_drivers(listed)})


def _logs(
    request: PageRequest, scope: Scope, form: LogForm, selection: dict[str, str], newest: list[Task], context: Any
) -> HttpResponseBase:
    wanted = _wanted(scope, form, selection) if form.is_valid() else None
    search = wanted.stored() if wanted else None
    if wanted and not (search and search.final):
        jobs.request_lines(wanted)
    if search and "download" in request.GET:
        return _download(search)
    before = _number(request.GET.get("before", ""))
    page = log_lines.page(search, before) if search else None
    address = request.GET.copy()
    for name in ("before", "fragment", "download"):
        address.pop(name, None)
    shown = {
        **context, "form": form, "search": search, "wanted": wanted, "page": page, "address": address.urlencode(),
        "several": len({line.task for line in page.lines}) > 1 if page else False,
        "other_drivers": other_drivers(newest[:1]), "notice": _notice(search),
        "sources": sources(newest, form.data.get("container", "")),
    }  # fmt: skip
    final = wanted is None or bool(before) or bool(search and search.final)
    version = changes.version_of(scope, "log_searches")
    fragment = fragments.Fragment("lines", version=version, every=2, final=final, calls_view=True)
    return fragments.render(request, "services/logs.html", shown, fragment)


def _wanted(scope: Scope, form: LogForm, selection: dict[str, str]) -> Wanted:
    data = form.cleaned_data
    chosen = {name: data[name] for name in ("task", "revision", "container") if data.get(name)}
    since, until = form.times(timezone.now())
    return Wanted.between(scope, Selection(**selection | chosen, pattern=data["q"]), since, until, form.back)


def _notice(search: LogSearch | None) -> str:
    if search is None or not search.full:
        return ""
    if search.end is not None:
        return f"Only the first {search.line_count:,} lines are shown. Choose a shorter time or a filter pattern."
    return f"{search.line_count:,} lines were read. Only the last {log_searches.MOST_LINES:,} are kept."


def _download(search: LogSearch) -> StreamingHttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="log.txt"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(log_lines.as_text(search), "text/plain; charset=utf-8", headers=headers)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
