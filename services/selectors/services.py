"""Queries of services. Each begins with what the user may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import F, Q, QuerySet
from django.http import Http404

from ecsdash.aws.explain import Explanation
from ecsdash.aws.placement import explain_blocking
from ecsdash.aws.stop_reasons import explain_stop
from ecsdash.inventory.models import Place
from ecsdash.inventory.scope import Scope
from ecsdash.web.tone import Tone
from services.models import Service, ServiceEvent, Task
from services.statuses import STUCK_AFTER, TROUBLED, ServiceHealth

STOPPED = "STOPPED"
UNLISTED = ("deployments_seen", "target_group_arns", "last_event_at", "blocking_event", "progressed_at")


@dataclass(frozen=True)
class Ended:
    """A task that has stopped, and why in plain words; None when nothing is known."""

    task: Task
    explanation: Explanation | None

    @property
    def what(self) -> str:
        return self.explanation.what if self.explanation else self.task.masked_reason or "Stopped"


def services(user: Any, place: Place) -> QuerySet[Service]:
    """As lists show them: without their descriptions."""
    rows = Service.objects.visible_to(user).within(place).present()
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


@dataclass(frozen=True)
class Trouble:
    """Why a service is not steady, in plain words; `task` is the task that failed, None when no task could start."""

    explanation: Explanation
    task: Task | None = None


def trouble(service: Service, stopped: Iterable[Ended]) -> Trouble | None:
    """Return what keeps the service from being steady: no place for its tasks, or the newest task that failed."""
    if service.health not in TROUBLED:
        return None
    if blocked := blocked_because(service):
        return Trouble(blocked)
    failed = next((each for each in stopped if each.task.tone is Tone.BAD and each.explanation), None)
    if failed and failed.explanation:
        return Trouble(failed.explanation, failed.task)
    return Trouble(standstill(service)) if service.health == ServiceHealth.STUCK else None


def blocked_because(service: Service) -> Explanation | None:
    """Return why ECS cannot start the tasks of a service with the health "Cannot place tasks"."""
    if service.health != ServiceHealth.UNPLACED:
        return None
    return explain_blocking(service.without_name(service.blocking_event))


def standstill(service: Service) -> Explanation:
    """Return the explanation of a stuck service of which no task has failed and no message of ECS says why."""
    minutes = int(STUCK_AFTER.total_seconds() / 60)
    new = service.new_deployment
    running = new.get("runningCount", service.running_count)
    return Explanation(
        what=f"No progress for more than {minutes} minutes: {running} of {service.desired_count} new tasks running.",
        why="The new tasks do not start or do not become healthy. ECS gives no reason.",
        how="Open the pending tasks and their logs. Check the health check, its grace period and the image "
        "pull. Deploy a corrected revision, or roll back.",
        raw=service.event_words,
    )
