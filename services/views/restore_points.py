"""The restore points of a service."""

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.inventory import changes
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.polling import fragments
from ecsdash.web.tables.table import Table
from services.models import RestorePoint
from services.selectors import services
from services.selectors.restore_points import restore_points
from services.tables.restore_points import RESTORE_POINTS
from services.views.services import service_context


@require_safe
@scoped("services")
def restore_point_list(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponseBase:
    found = services.service_or_404(request.user, scope, cluster, service)
    restore = reverse("actions:restore_service", kwargs=found.url_kwargs())

    def address(row: RestorePoint) -> str:
        return f"{restore}?point={row.pk}"

    table = Table(
        request,
        restore_points(found).select_related("service__account"),
        columns=RESTORE_POINTS,
        name="restore-points",
        title="Restore points",
        order="-steady",
        icon="history",
        row_url=None if found.gone_at else address,
        empty_hint="Each deployment that becomes steady is kept here, also after AWS has forgotten it.",
    )
    if response := table.alternative_response():
        return response
    above = ("Deployments", reverse("services:service_deployments", kwargs=found.url_kwargs()))
    context = {**service_context(found, "deployments", above, ("Restore points", "")), "table": table}
    version = changes.version_of(scope, "services")
    fragment = fragments.Fragment("restore-points", version=version, final=found.gone_at is not None)
    return fragments.render(request, "services/services/restore_points.html", context, fragment)
