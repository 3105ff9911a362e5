"""Queries of services. Each begins with what the user may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import F, Q, QuerySet
from django.http import Http404

from ecsdash.aws.explain import Explanation
from ecsdash.aws.stop_reasons import explain_stop
from ecsdash.inventory.models import ScopeCondition
from ecsdash.inventory.scope import Scope
from ecsdash.web.tone import Tone
from services.models import Service, ServiceEvent, Task
from services.statuses import TROUBLED

STOPPED = "STOPPED"


@dataclass(frozen=True)
class Ended:
    """A task that has stopped, and why in plain words; None when nothing is known."""

    task: Task
    explanation: Explanation | None

    @property
    def what(self) -> str:
        return self.explanation.what if self.explanation else self.task.masked_reason or "Stopped"


def services(user: Any, scopes: ScopeCondition) -> QuerySet[Service]:
    """As lists show them: without their descriptions."""
    rows = Service.objects.visible_to(user).within(scopes).present()
    return cast("QuerySet[Service]", rows.listed("deployments_seen", "target_group_arns", "last_event_at"))


def services_of(user: Any, scope: Scope, cluster: str) -> QuerySet[Service]:
    return services(user, scope).filter(cluster_name=cluster)


def service_or_404(user: Any, scope: Scope, cluster: str, name: str) -> Service:
    """Also a deleted one, as long as the inventory remembers it: `gone_at` then says since when it is gone."""
    rows = Service.objects.visible_to(user).in_scope(scope.account, scope.region).select_related("account")
    found = rows.filter(cluster_name=cluster, name=name).order_by(F("gone_at").desc(nulls_first=True)).first()
    if found is None:
        raise Http404(f"The cluster {cluster} has no service {name}")
    return cast(Service, found)


def events(service: Service) -> QuerySet[ServiceEvent]:
    return service.events.order_by("-created_at", "-pk")


def tasks(user: Any, services: Iterable[Service]) -> QuerySet[Task]:
    """Every task known of these services, the newest first, those that ECS has forgotten among them."""
    places = Q(pk__in=[])
    for each in services:
        places |= Q(account=each.account_id, region=each.region, cluster_name=each.cluster_name, service_name=each.name)
    rows = Task.objects.visible_to(user).filter(places).select_related("account")
    return cast("QuerySet[Task]", rows.order_by("-created_at"))


def ended(tasks: Iterable[Task]) -> list[Ended]:
    """Of these tasks, those that have stopped."""
    return [
        Ended(task, explain_stop(task.stop_code, task.masked_reason, task.description.get("containers", [])))
        for task in tasks
        if task.last_status == STOPPED
    ]


def trouble(service: Service, stopped: Iterable[Ended]) -> Ended | None:
    """The newest failure of the deployment under way, while it keeps the service from being steady."""
    if service.health not in TROUBLED:
        return None
    return next((each for each in stopped if each.task.tone is Tone.BAD and each.explanation), None)
