"""Resources that need attention, with the reason and a fix."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from clusters.models import ContainerInstance
from ecsdash.aws.stop_reasons import explain_stop
from ecsdash.inventory.models import SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import FAILING
from ecsdash.operations.models import Operation
from ecsdash.operations.states import OperationState
from ecsdash.web.tone import Tone
from services.models import Service, Task
from services.selectors.services import blocked_because, in_scopes, no_progress
from services.statuses import TROUBLED, ServiceHealth

RECENT = timedelta(hours=1)
LISTED = 30
FAILURE_STOP_CODES = ("TaskFailedToStart", "EssentialContainerExited", "InfrastructureHealth")
#: Explanation of a health when neither a failed task nor an event of ECS gives the reason.
FALLBACK_REASONS = {
    ServiceHealth.FAILED: "The deployment failed: its tasks did not start or did not become healthy.",
    ServiceHealth.FAILING: "Tasks of the new deployment keep failing.",
    ServiceHealth.UNPLACED: "ECS cannot start the tasks of the service.",
    ServiceHealth.STUCK: "The service makes no progress.",
    ServiceHealth.DEGRADED: "Fewer tasks than desired are running, and none is starting.",
}


@dataclass(frozen=True)
class Attention:
    """One resource that needs attention; `raw` is the message of AWS, `key` its id on the page."""

    tone: Tone
    what: str
    kind: str
    reason: str
    url: str
    where: str
    since: datetime | None = None
    hint: str = ""
    log_url: str = ""
    raw: str = ""
    key: str = ""


def attention(user: Any, scopes: Sequence[Scope], services: QuerySet[Service]) -> list[Attention]:
    """Return what needs attention, failures first."""
    found = [
        *_services(user, services),
        *_standalone_tasks(user, scopes),
        *_instances(user, scopes),
        *_operations(user),
        *_sweeps(scopes),
    ]
    return sorted(found, key=lambda each: each.tone is not Tone.BAD)


def _services(user: Any, services: QuerySet[Service]) -> Iterable[Attention]:
    troubled = services.filter(health__in=TROUBLED).select_related("account").order_by("health", "name")
    for service in troubled[: LISTED + 1]:
        task = None if service.health == ServiceHealth.UNPLACED else _last_failed(user, service)
        reason, hint, raw = _why(service, task)
        yield Attention(
            tone=service.tone,
            what=service.name,
            kind=f"{service.health}: {service.running_count} of {service.desired_count} tasks running",
            reason=reason,
            hint=hint,
            raw=raw,
            key=f"service-{service.pk}",
            url=reverse("services:service", kwargs=service.url_kwargs()),
            log_url=f"{reverse('services:service_logs', kwargs=service.url_kwargs())}?task={task.name}" if task else "",
            where=f"{service.account.alias} / {service.region} / {service.cluster_name}",
            since=service.deployed_at,
        )


def _why(service: Service, task: Task | None) -> tuple[str, str, str]:
    """Return the reason of the service's problem, a fix, and the message of AWS."""
    if task is not None:
        reason, hint = _explained(task)
        return reason, hint, ""
    stuck = service.health == ServiceHealth.STUCK
    explanation = blocked_because(service) or (no_progress(service) if stuck else None)
    if explanation:
        return f"{explanation.what} {explanation.why}", explanation.how, explanation.raw
    return (
        FALLBACK_REASONS[ServiceHealth(service.health)],
        "Check the events and the stopped tasks of the service.",
        service.event_words,
    )


def _last_failed(user: Any, service: Service) -> Task | None:
    found = Task.objects.visible_to(user).filter(
        account=service.account_id,
        region=service.region,
        cluster_name=service.cluster_name,
        service_name=service.name,
        stop_code__in=FAILURE_STOP_CODES,
        stopped_at__gte=timezone.now() - RECENT,
    )
    return cast("Task | None", found.order_by("-stopped_at").first())


def _explained(task: Task | None) -> tuple[str, str]:
    """Return why the task stopped and a fix; empty if unknown."""
    if task is None:
        return "", ""
    explanation = explain_stop(task.stop_code, task.masked_reason, task.description.get("containers", []))
    if explanation is None:
        return task.masked_reason, ""
    return f"{explanation.what} {explanation.why}".strip(), explanation.how


def _standalone_tasks(user: Any, scopes: Sequence[Scope]) -> Iterable[Attention]:
    """Yield recently failed standalone tasks: the newest of each revision, with their number."""
    rows = in_scopes(Task.objects.visible_to(user), scopes).filter(
        service_name="", stop_code__in=FAILURE_STOP_CODES, stopped_at__gte=timezone.now() - RECENT
    )
    failed: dict[tuple[int, str, str, str], list[Task]] = {}
    for task in rows.select_related("account").order_by("-stopped_at")[:200]:
        if not _succeeded(task):
            place = (task.account_id, task.region, task.cluster_name, f"{task.family}:{task.revision}")
            failed.setdefault(place, []).append(task)
    for (*_, name), tasks in failed.items():
        task = tasks[0]
        reason, hint = _explained(task)
        yield Attention(
            tone=Tone.WARN,
            what=name,
            kind="A task failed" if len(tasks) == 1 else f"{len(tasks)} tasks failed in the last hour",
            reason=reason,
            hint=hint,
            url=reverse("services:task", kwargs=task.url_kwargs()),
            where=f"{task.account.alias} / {task.region} / {task.cluster_name}",
            since=task.stopped_at,
        )


def _succeeded(task: Task) -> bool:
    codes = [each.get("exitCode") for each in task.description.get("containers", [])]
    return task.stop_code == "EssentialContainerExited" and bool(codes) and not any(codes)


def _instances(user: Any, scopes: Sequence[Scope]) -> Iterable[Attention]:
    rows = in_scopes(ContainerInstance.objects.visible_to(user).present(), scopes)
    for instance in rows.filter(status="ACTIVE", agent_connected=False).select_related("account")[:LISTED]:
        yield Attention(
            tone=Tone.BAD,
            what=instance.name,
            kind="Agent disconnected",
            reason="The ECS agent of this container instance is disconnected. ECS places no tasks on it.",
            hint="Check that the instance is running and can reach ECS. Terminate it if the agent does not reconnect.",
            url=reverse("clusters:instance", kwargs=instance.url_kwargs()),
            where=f"{instance.account.alias} / {instance.region} / {instance.cluster_name}",
        )


def _operations(user: Any) -> Iterable[Attention]:
    """Yield operations whose outcome is unknown."""
    rows = Operation.objects.visible_to(user).filter(
        state=OperationState.ERRORED, ended_at__gte=timezone.now() - timedelta(days=1)
    )
    for operation in rows.select_related("account")[:5]:
        yield Attention(
            tone=Tone.BAD,
            what=operation.resource_name,
            kind="Operation failed",
            reason=operation.error.get("message", ""),
            url=reverse("operations:detail", args=[operation.pk]),
            where=f"{operation.account.alias} / {operation.region}",
            since=operation.ended_at,
        )


def _sweeps(scopes: Sequence[Scope]) -> Iterable[Attention]:
    """Yield failing inventory refreshes: one entry per scope, not per noun."""
    for scope in scopes:
        found = SweepState.objects.filter(account=scope.account, region=scope.region, failures__gte=FAILING)
        states = list(found.order_by("noun"))
        nouns = [state.noun.replace("_", " ") for state in states]
        if nouns:
            yield Attention(
                tone=Tone.WARN,
                what=str(scope),
                kind="Inventory refresh failed",
                reason=f"{states[0].error_code}: {states[0].error}",
                hint=f"Not up to date: {', '.join(nouns)}.",
                url=reverse("services:services", kwargs=scope.url_kwargs()),
                where=str(scope),
                since=states[0].completed_at,
            )
