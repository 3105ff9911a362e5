"""Queries of services. Each is limited to the rows that the user may see."""

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import F, Q, QuerySet
from django.http import Http404

from ecsdash.inventory.models import ScopeCondition
from ecsdash.inventory.scope import Scope
from services.models import Service, ServiceEvent, Task

STOPPED = "STOPPED"
UNLISTED = (
    "deployments_seen", "target_group_arns", "last_event_at", "blocking_event", "progressed_at", "lacking_since",
    "recent_failures", "failing_until", "usual_start",
)  # fmt: skip


def services(user: Any, scopes: ScopeCondition) -> QuerySet[Service]:
    """Return the rows for lists: without descriptions."""
    rows = Service.objects.visible_to(user).within(scopes).present()
    return cast("QuerySet[Service]", rows.listed(*UNLISTED))


def in_scopes(rows: Any, scopes: Iterable[Scope]) -> Any:
    """Return the rows that lie in one of these scopes."""
    places = Q(pk__in=[])
    for scope in scopes:
        places |= Q(account=scope.account, region=scope.region)
    return rows.filter(places)


def services_of(user: Any, scope: Scope, cluster: str) -> QuerySet[Service]:
    return services(user, scope).filter(cluster_name=cluster)


def service_or_404(user: Any, scope: Scope, cluster: str, name: str) -> Service:
    """Return the service; also a deleted one that the inventory still contains: `gone_at` is then set."""
    rows = Service.objects.visible_to(user).in_scope(scope.account, scope.region).select_related("account")
    found = rows.filter(cluster_name=cluster, name=name).order_by(F("gone_at").desc(nulls_first=True)).first()
    if found is None:
        raise Http404(f"The cluster {cluster} has no service {name}")
    return cast(Service, found)


def events(service: Service) -> QuerySet[ServiceEvent]:
    return service.events.order_by("-created_at", "-pk")


def tasks(user: Any, services: Iterable[Service]) -> QuerySet[Task]:
    """Return all tasks of these services, newest first, including those that ECS no longer lists."""
    places = Q(pk__in=[])
    for each in services:
        places |= Q(account=each.account_id, region=each.region, cluster_name=each.cluster_name, service_name=each.name)
    rows = Task.objects.visible_to(user).filter(places).select_related("account")
    return cast("QuerySet[Task]", rows.order_by("-created_at"))
