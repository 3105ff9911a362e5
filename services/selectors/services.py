"""Queries of services. Each is limited to the rows that the user may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import F, Q, QuerySet
from django.http import Http404

from ecsdash.aws.explain import Explanation
from ecsdash.aws.placement import explain_blocking
from ecsdash.aws.stop_reasons import explain_stop
from ecsdash.inventory.models import ScopeCondition
from ecsdash.inventory.scope import Scope
from ecsdash.web.tone import Tone
from services.models import Service, ServiceEvent, Task
from services.statuses import STUCK_AFTER, TROUBLED, ServiceHealth

STOPPED = "STOPPED"
UNLISTED = ("deployments_seen", "target_group_arns", "last_event_at", "blocking_event", "progressed_at")


@dataclass(frozen=True)
class StoppedTask:
    """A stopped task with the explanation of its stop, None if unknown."""

    task: Task
    explanation: Explanation | None

    @property
    def what(self) -> str:
        return self.explanation.what if self.explanation else self.task.masked_reason or "Stopped"


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


def stopped_tasks(tasks: Iterable[Task]) -> list[StoppedTask]:
    """Return the stopped tasks with their explanations."""
    return [
        StoppedTask(task, explain_stop(task.stop_code, task.masked_reason, task.description.get("containers", [])))
        for task in tasks
        if task.last_status == STOPPED
    ]


@dataclass(frozen=True)
class ServiceProblem:
    """Reason why a service is not steady; `task` is the failed task, None if no task could start."""

    explanation: Explanation
    task: Task | None = None


def service_problem(service: Service, stopped: Iterable[StoppedTask]) -> ServiceProblem | None:
    """Return why the service is not steady: its tasks cannot be placed, or the newest task failed."""
    if service.health not in TROUBLED:
        return None
    if blocked := blocked_because(service):
        return ServiceProblem(blocked)
    failed = next((each for each in stopped if each.task.tone is Tone.BAD and each.explanation), None)
    if failed and failed.explanation:
        return ServiceProblem(failed.explanation, failed.task)
    return ServiceProblem(no_progress(service)) if service.health == ServiceHealth.STUCK else None


def blocked_because(service: Service) -> Explanation | None:
    """Return why ECS cannot start the tasks of a service with the health "Cannot place tasks"."""
    if service.health != ServiceHealth.UNPLACED:
        return None
    return explain_blocking(service.without_name(service.blocking_event))


def no_progress(service: Service) -> Explanation:
    """Return the explanation of a stuck service without a failed task or a message of ECS."""
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
