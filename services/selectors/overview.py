"""The whole fleet at a glance: how it is doing, what needs attention and why, what is being changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from clusters.models import Cluster, ContainerInstance
from ecsdash.aws.stop_reasons import explain_stop
from ecsdash.inventory.models import SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import FAILING
from ecsdash.operations.models import Operation
from ecsdash.operations.states import OperationState
from ecsdash.web.tone import Tone
from services.models import Service, Task
from services.statuses import TROUBLED, ServiceHealth

LATELY = timedelta(hours=1)
LISTED = 30
UNWANTED = ("TaskFailedToStart", "EssentialContainerExited", "InfrastructureHealth")


@dataclass(frozen=True)
class Attention:
    """One thing that somebody should look at, with the reason."""

    tone: Tone
    what: str
    kind: str
    reason: str
    url: str
    where: str
    since: datetime | None = None
    hint: str = ""
    log_url: str = ""


@dataclass(frozen=True)
class Counts:
    clusters: int
    services: int
    steady: int
    deploying: int
    troubled: int
    running_tasks: int
    pending_tasks: int
    instances: int
    disconnected: int


@dataclass
class Overview:
    counts: Counts
    attention: Sequence[Attention]
    in_flight: Sequence[Service]
    operations: Sequence[Operation]
    more_attention: int = field(default=0)


def overview(user: Any, scopes: Sequence[Scope]) -> Overview:
    services = _in(Service.objects.visible_to(user).present(), scopes)
    attention = [
        *_services(user, services),
        *_lone_tasks(user, scopes),
        *_instances(user, scopes),
        *_operations(user),
        *_sweeps(scopes),
    ]
    attention.sort(key=lambda each: each.tone is not Tone.BAD)
    flying = services.filter(Q(rollout_state="IN_PROGRESS") | Q(deployments_count__gt=1))
    return Overview(
        _counts(user, scopes, services),
        attention[:LISTED],
        list(flying.select_related("account").order_by("-deployed_at")[:LISTED]),
        list(Operation.objects.visible_to(user).select_related("account", "user").order_by("-created_at")[:10]),
        max(0, len(attention) - LISTED),
    )


def _counts(user: Any, scopes: Sequence[Scope], services: QuerySet[Service]) -> Counts:
    healths = dict(services.order_by().values_list("health").annotate(Count("pk")))
    sums = services.aggregate(running=Sum("running_count"), pending=Sum("pending_count"))
    instances = _in(ContainerInstance.objects.visible_to(user).present(), scopes)
    return Counts(
        clusters=_in(Cluster.objects.visible_to(user).present(), scopes).count(),
        services=sum(healths.values()),
        steady=healths.get(ServiceHealth.STEADY, 0),
        deploying=healths.get(ServiceHealth.DEPLOYING, 0) + healths.get(ServiceHealth.SCALING, 0),
        troubled=sum(healths.get(health, 0) for health in TROUBLED),
        running_tasks=sums["running"] or 0,
        pending_tasks=sums["pending"] or 0,
        instances=instances.count(),
        disconnected=instances.filter(status="ACTIVE", agent_connected=False).count(),
    )


def _services(user: Any, services: QuerySet[Service]) -> Iterable[Attention]:
    troubled = services.filter(health__in=TROUBLED).select_related("account").order_by("health", "name")
    for service in troubled[: LISTED + 1]:
        task = _last_failed(user, service)
        explained = _explained(task)
        yield Attention(
            tone=service.tone,
            what=service.name,
            kind=f"{service.health}: {service.running_count} of {service.desired_count} tasks run",
            reason=explained[0] or service.event_words,
            hint=explained[1],
            url=reverse("services:service", kwargs=service.url_kwargs()),
            log_url=f"{reverse('services:service_logs', kwargs=service.url_kwargs())}?task={task.name}" if task else "",
            where=f"{service.account.alias} / {service.region} / {service.cluster_name}",
            since=service.deployed_at,
        )


def _last_failed(user: Any, service: Service) -> Task | None:
    found = Task.objects.visible_to(user).filter(
        account=service.account_id,
        region=service.region,
        cluster_name=service.cluster_name,
        service_name=service.name,
        stop_code__in=UNWANTED,
        stopped_at__gte=timezone.now() - LATELY,
    )
    return cast("Task | None", found.order_by("-stopped_at").first())


def _explained(task: Task | None) -> tuple[str, str]:
    """Why the task stopped, and what would help; empty when nothing is known."""
    if task is None:
        return "", ""
    found = explain_stop(task.stop_code, task.masked_reason, task.description.get("containers", []))
    return (f"{found.what} {found.why}".strip(), found.how) if found else (task.masked_reason, "")


def _lone_tasks(user: Any, scopes: Sequence[Scope]) -> Iterable[Attention]:
    """Tasks that no service started and that failed lately: the newest of each revision, with their number."""
    rows = _in(Task.objects.visible_to(user), scopes).filter(
        service_name="", stop_code__in=UNWANTED, stopped_at__gte=timezone.now() - LATELY
    )
    failed: dict[tuple[int, str, str, str], list[Task]] = {}
    for task in rows.select_related("account").order_by("-stopped_at")[:200]:
        if not _ended_well(task):
            place = (task.account_id, task.region, task.cluster_name, f"{task.family}:{task.revision}")
            failed.setdefault(place, []).append(task)
    for (*_, name), tasks in failed.items():
        task = tasks[0]
        reason, hint = _explained(task)
        yield Attention(
            tone=Tone.WARN,
            what=name,
            kind="A task failed" if len(tasks) == 1 else f"{len(tasks)} tasks failed within the hour",
            reason=reason,
            hint=hint,
            url=reverse("services:task", kwargs=task.url_kwargs()),
            where=f"{task.account.alias} / {task.region} / {task.cluster_name}",
            since=task.stopped_at,
        )


def _ended_well(task: Task) -> bool:
    codes = [each.get("exitCode") for each in task.description.get("containers", [])]
    return task.stop_code == "EssentialContainerExited" and bool(codes) and not any(codes)


def _instances(user: Any, scopes: Sequence[Scope]) -> Iterable[Attention]:
    rows = _in(ContainerInstance.objects.visible_to(user).present(), scopes)
    for instance in rows.filter(status="ACTIVE", agent_connected=False).select_related("account")[:LISTED]:
        yield Attention(
            tone=Tone.BAD,
            what=instance.name,
            kind="Agent disconnected",
            reason="The ECS agent of this container instance does not report; ECS places no task on it.",
            hint="Look whether the instance runs and reaches ECS; terminate it if it does not come back.",
            url=reverse("clusters:instance", kwargs=instance.url_kwargs()),
            where=f"{instance.account.alias} / {instance.region} / {instance.cluster_name}",
        )


def _operations(user: Any) -> Iterable[Attention]:
    """Operations of which we do not know the outcome."""
    rows = Operation.objects.visible_to(user).filter(
        state=OperationState.ERRORED, ended_at__gte=timezone.now() - timedelta(days=1)
    )
    for operation in rows.select_related("account")[:5]:
        yield Attention(
            tone=Tone.BAD,
            what=operation.resource_name,
            kind="An operation ended in an error",
            reason=operation.error.get("message", ""),
            url=reverse("operations:detail", args=[operation.pk]),
            where=f"{operation.account.alias} / {operation.region}",
            since=operation.ended_at,
        )


def _sweeps(scopes: Sequence[Scope]) -> Iterable[Attention]:
    """AWS that does not answer: one line for each scope, not for each noun."""
    for scope in scopes:
        found = SweepState.objects.filter(account=scope.account, region=scope.region, failures__gte=FAILING)
        states = list(found.order_by("noun"))
        nouns = [state.noun.replace("_", " ") for state in states]
        if nouns:
            yield Attention(
                tone=Tone.WARN,
                what=str(scope),
                kind="AWS could not be read",
                reason=f"{states[0].error_code}: {states[0].error}",
                hint=f"Not up to date: {', '.join(nouns)}.",
                url=reverse("services:services", kwargs=scope.url_kwargs()),
                where=str(scope),
                since=states[0].completed_at,
            )


def _in(rows: Any, scopes: Sequence[Scope]) -> Any:
    places = Q(pk__in=[])
    for scope in scopes:
        places |= Q(account=scope.account, region=scope.region)
    return rows.filter(places)
