"""Metrics tab of a service: CloudWatch charts from stored metrics."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecsdash.inventory import changes
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.polling import fragments
from services import jobs
from services.models import ServiceMetrics
from services.selectors import metrics, services
from services.views.services import service_context

OLD = timedelta(seconds=20)  # shorter than the validity of a poll ticket: each expiry fetches metrics


@require_safe
@scoped("services")
def service_metrics(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponse:
    found = services.service_or_404(request.user, scope, cluster, service)
    version = changes.version_of(scope, "metrics", "services")
    row = metrics.metrics_of(found)
    if found.gone_at is None and is_old(row):
        jobs.request_metrics(found.pk)
    context = {
        **service_context(found, "metrics", ("Metrics", "")),
        "metrics": row,
        "charts": metrics.charts(row) if row and row.times else [],
    }
    fragment = fragments.Fragment(
        "metrics", version=version, every=15 if row else 2, final=found.gone_at is not None, calls_view=True
    )
    return fragments.render(request, "services/services/metrics.html", context, fragment)


def is_old(row: ServiceMetrics | None) -> bool:
    return row is None or row.fetched_at is None or timezone.now() - row.fetched_at > OLD
