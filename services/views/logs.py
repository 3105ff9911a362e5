"""Logs tab of a service: the last log lines of one of its tasks."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from ecsdash.inventory import changes
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.polling import fragments
from services import jobs
from services.selectors import logs, services
from services.views.services import service_context

OFFERED = 15


@require_safe
@scoped("services", "tasks")
def service_logs(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponse:
    """Show the log of the task `?task=`, by default of the newest one."""
    found = services.service_or_404(request.user, scope, cluster, service)
    version = changes.version_of(scope, "logs", "tasks", "services")
    tasks = list(services.tasks(request.user, [found])[:OFFERED])
    chosen = next((task for task in tasks if task.name == request.GET.get("task")), next(iter(tasks), None))
    written = logs.logs(chosen) if chosen else []
    finished = chosen is None or not written or logs.complete(chosen, written)
    if chosen and not finished:
        jobs.request_logs(chosen.pk)
    context = {
        **service_context(found, "logs", ("Logs", "")),
        "tasks": tasks,
        "chosen": chosen,
        "logs": written,
    }
    fragment = fragments.Fragment("logs", version=version, every=5, final=found.gone_at is not None, calls_view=True)
    return fragments.render(request, "services/services/logs.html", context, fragment)
