"""Events tab of a cluster: service events from ECS, and recorded changes of container instances."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from clusters.models import ContainerInstanceEvent
from clusters.selectors.clusters import cluster_or_404
from clusters.tables.container_instances import INSTANCE_EVENTS
from clusters.views.cluster_pages import cluster_context
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.inventory import changes
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.polling import fragments
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.table import Table
from services.models import ServiceEvent
from services.tables.services import EVENTS

COLUMNS = [
    EVENTS[0],
    Column("service", "Service", path="service__name", sort=""),
    *EVENTS[1:],
]


@require_safe
@scoped("services", "container_instances")
def cluster_events(request: PageRequest, scope: Scope, cluster: str) -> HttpResponseBase:
    found = cluster_or_404(request.user, scope, cluster)
    service_events = Table(
        request, _service_events(request.user, scope, cluster), COLUMNS,
        name="events", title="Service events", order="-created_at", search=["message"], icon="activity",
        empty_hint="Messages of the ECS service scheduler. They are kept longer here than in ECS.",
    )  # fmt: skip
    instance_events = Table(
        request, _instance_events(request.user, scope, cluster), INSTANCE_EVENTS,
        name="instance-events", title="Container instance events", order="-at", search=["instance__name"],
        icon="server", prefix="instances-",
        empty_hint="Registrations, status changes and agent disconnects of container instances.",
    )  # fmt: skip
    if response := service_events.alternative_response() or instance_events.alternative_response():
        return response
    tables = {"service_events": service_events, "instance_events": instance_events}
    context = {**cluster_context(found, "events", ("Events", "")), **tables}
    version = changes.version_of(scope, "services", "container_instances")
    fragment = fragments.Fragment("events", version=version, final=found.gone_at is not None)
    return fragments.render(request, "services/cluster_events.html", context, fragment)


def _service_events(user: Any, scope: Scope, cluster: str) -> QuerySet[ServiceEvent]:
    place = {"account": "service__account__alias", "region": "service__region"}
    names = {"cluster": "service__cluster_name", "service": "service__name"}
    rows = policy.visible(
        ServiceEvent.objects.select_related("service__account"), user, Permission.VIEW, **place, **names
    )
    here = {"service__account": scope.account, "service__region": scope.region, "service__cluster_name": cluster}
    return rows.filter(**here)


def _instance_events(user: Any, scope: Scope, cluster: str) -> QuerySet[ContainerInstanceEvent]:
    rows = ContainerInstanceEvent.objects.visible_to(user).select_related("instance", "account")
    return rows.filter(account=scope.account, region=scope.region, cluster_name=cluster)
