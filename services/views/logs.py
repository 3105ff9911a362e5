"""What the tasks of a service have written last, one task at a time."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ecsdash.inventory import changes
from ecsdash.inventory.scope import Scope, scoped
from ecsdash.web import live
from services import jobs
from services.models import Task
from services.selectors import logs, services
from services.views.services import service_context

OFFERED = 15


@require_safe
@scoped("services", "tasks")
def service_logs(request: HttpRequest, scope: Scope, cluster: str, service: str) -> HttpResponse:
    """`?task=` chooses whose log is shown; else it is the newest one's."""
    found = services.service_or_404(request.user, scope, cluster, service)
    tasks = list(services.tasks(request.user, [found])[:OFFERED])
    chosen = next((task for task in tasks if task.name == request.GET.get("task")), next(iter(tasks), None))
    written = logs.logs(chosen) if chosen else []
    finished = chosen is None or not written or logs.complete(chosen, written)
    if chosen and not finished:
        jobs.hint_logs(chosen.pk)
    context = {
        **service_context(found, "logs", ("Logs", "")),
        "tasks": tasks,
        "chosen": chosen,
        "logs": written,
    }
    version = f"{_version(chosen, written)} {changes.version_of(scope, 'tasks')}"
    fragment = live.Fragment("logs", version=version, every=5, final=found.gone_at is not None)
    return live.render(request, "services/services/logs.html", context, fragment)


def _version(chosen: Task | None, written: list[Any]) -> str:
    return f"{chosen.pk if chosen else ''} {logs.version(written)}"
