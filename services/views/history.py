"""The time line of a service."""

from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from ecsdash.inventory import changes
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.polling import fragments
from services.selectors import documents, history, services
from services.selectors.restore_points import in_words, newest
from services.views.services import service_context

NOUNS = ("services", "service_deployments", "tasks", "external_changes")


@require_safe
@scoped(*NOUNS)
def service_history(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponse:
    found = services.service_or_404(request.user, scope, cluster, service)
    kinds = [kind for kind in history.KINDS if kind in request.GET.getlist("kind")]
    page = history.history(request.user, scope, found, kinds, _time(request.GET.get("before", "")))
    points = [(documents.restore_point_address(found, each), in_words(each)) for each in newest(found, "")]
    context = {
        **service_context(found, "history", ("History", "")),
        "history": page,
        "older": page.older.isoformat() if page.older else "",
        "kinds": [(kind, label, kind in kinds) for kind, label in history.KINDS.items()],
        "labels": history.KINDS,
        "present": documents.of_service(found).address,
        "points": points,
    }
    version = changes.version_of(scope, *NOUNS, "operations")
    final = found.gone_at is not None or bool(request.GET.get("before"))
    return fragments.render(
        request, "services/services/history.html", context, fragments.Fragment("history", version=version, final=final)
    )


def _time(text: str) -> datetime | None:
    """Return the time that a link to older moments names; None for anything else."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is None or timezone.is_aware(found) else None
