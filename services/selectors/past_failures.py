"""Failures that are over but that somebody should know of: deployments that were rolled back, failed operations, and
failed one-off and scheduled tasks. They stay until somebody has seen them or a later success supersedes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.operations.models import Operation
from ecsdash.operations.states import OperationState
from ecsdash.web.tone import Tone
from services.models import SeenProblem, Service, ServiceDeployment, Task
from services.models.task import FAILED
from services.selectors.attention_entry import Attention
from services.selectors.services import in_scopes
from services.selectors.verdicts import FailureGroup, grouped, judged
from services.statuses import TROUBLED, DeploymentStatus
from services.verdicts.services import judge_deployment

SHOWN = timedelta(days=7)
LISTED = 15  # of each kind
TASKS_READ = 200
ROLLED_BACK = (
    DeploymentStatus.ROLLBACK_IN_PROGRESS, DeploymentStatus.ROLLBACK_SUCCESSFUL, DeploymentStatus.ROLLBACK_FAILED,
)  # fmt: skip
#: Begin of the key of a deployment on the page.
DEPLOYMENT = "deployment-"
LOST_HOST = Q(stop_code="InfrastructureHealth")


@dataclass(frozen=True)
class PastFailure:
    """An entry with the key and the place by which it is marked as seen; `began_at` is the begin of its deployment or
    operation."""

    key: str
    entry: Attention
    target: AccessTarget
    account: Account
    began_at: datetime | None = None


def past_failures(user: Any, scopes: Sequence[Scope]) -> list[PastFailure]:
    """Return the failures that nobody has seen and nothing supersedes."""
    deployments = list(_deployments(user, scopes))
    found = [*deployments, *_operations(user, deployments), *_tasks(user, scopes)]
    seen = set(SeenProblem.objects.filter(key__in=[each.key for each in found]).values_list("key", flat=True))
    return [each for each in found if each.key not in seen]


def may_mark(user: Any, failure: PastFailure) -> bool:
    """Whether the user may mark it as seen for everybody: who may change what failed."""
    return policy.can(user, Permission.DEPLOY, failure.target)


def _deployments(user: Any, scopes: Sequence[Scope]) -> Iterable[PastFailure]:
    place = {name: OuterRef(name) for name in ("account", "region", "cluster_name")}
    later = ServiceDeployment.objects.filter(
        **place, service_name=OuterRef("service_name"), status=DeploymentStatus.SUCCESSFUL,
        created_at__gt=OuterRef("created_at"),
    )  # fmt: skip
    troubled = Service.objects.filter(**place, name=OuterRef("service_name"), health__in=TROUBLED)
    present = Service.objects.filter(**place, name=OuterRef("service_name"), gone_at=None)
    rows = in_scopes(ServiceDeployment.objects.visible_to(user), scopes).filter(
        Exists(present), ~Exists(later), ~Exists(troubled), status__in=ROLLED_BACK,
        created_at__gte=timezone.now() - SHOWN,
    )  # fmt: skip
    newest: dict[tuple[int, str, str, str], ServiceDeployment] = {}
    for row in rows.select_related("account").order_by("-created_at")[: 2 * LISTED]:
        newest.setdefault((row.account_id, row.region, row.cluster_name, row.service_name), row)
    for row in list(newest.values())[:LISTED]:
        yield _rolled_back(user, row)


def _rolled_back(user: Any, row: ServiceDeployment) -> PastFailure:
    group = next(iter(failures_during(user, row)), None)
    verdict = group.verdict if group else judge_deployment(row.status_reason)
    log_url = _log_url(row, group.task) if group else ""
    entry = Attention(
        tone=Tone.BAD if row.status == DeploymentStatus.ROLLBACK_FAILED else Tone.WARN,
        what=row.service_name,
        kind=f"Deployment of {row.revision} rolled back" if row.finished_at else f"{row.revision} is being rolled back",
        reason=f"{group.words}: {group.verdict.sentence}" if group else _reason(row),
        hint=verdict.how if verdict else "Open the deployment for its stopped tasks.",
        raw=" · ".join(text for text in (row.status_reason, verdict.raw if verdict else "") if text),
        evidence=verdict.evidence if verdict else (),
        key=f"{DEPLOYMENT}{row.pk}",
        url=row.get_absolute_url(),
        log_url=log_url,
        where=_where(row),
        since=row.finished_at or row.created_at,
    )
    key = f"deployment:{row.arn}"
    return PastFailure(key, entry, row.access_target(), row.account, row.created_at)


def _reason(row: ServiceDeployment) -> str:
    """Return why ECS says that it rolled back."""
    verdict = judge_deployment(row.status_reason)
    return verdict.sentence if verdict else row.status_reason


def failures_during(user: Any, row: ServiceDeployment) -> list[FailureGroup]:
    """Return the failures of the tasks that a deployment started, by their cause."""
    if row.created_at is None:
        return []
    tasks = Task.objects.visible_to(user).in_scope(row.account, row.region).filter(
        FAILED, cluster_name=row.cluster_name, service_name=row.service_name, last_status="STOPPED",
        task_definition_arn=row.task_definition, created_at__gte=row.created_at,
    )  # fmt: skip
    if row.finished_at:
        tasks = tasks.filter(created_at__lte=row.finished_at)
    return grouped(judged(tasks.select_related("account").order_by("-stopped_at")[:TASKS_READ]))


def _operations(user: Any, deployments: Sequence[PastFailure]) -> Iterable[PastFailure]:
    """Yield operations that failed or whose outcome is unknown, without those of a deployment that is told already."""
    later = Operation.objects.filter(
        account=OuterRef("account"), region=OuterRef("region"), action=OuterRef("action"),
        resource_key=OuterRef("resource_key"), state=OperationState.SUCCEEDED, created_at__gt=OuterRef("created_at"),
    )  # fmt: skip
    rows = Operation.objects.visible_to(user).filter(
        ~Exists(later), state__in=(OperationState.ERRORED, OperationState.FAILED),
        ended_at__gte=timezone.now() - SHOWN,
    )  # fmt: skip
    for operation in rows.select_related("account").order_by("-ended_at")[:LISTED]:
        target = operation.access_target()
        if any(each.target == target and _within(each, operation) for each in deployments):
            continue
        entry = Attention(
            tone=Tone.BAD,
            what=operation.resource_name,
            kind="Operation failed",
            reason=str(operation.error.get("message", "")),
            key=f"operation-{operation.pk}",
            url=reverse("operations:detail", args=[operation.pk]),
            where=f"{operation.account.alias} / {operation.region}",
            since=operation.ended_at,
        )
        key = f"operation:{operation.pk}:{operation.ended_at}"
        yield PastFailure(key, entry, target, operation.account, operation.created_at)


def _within(deployment: PastFailure, operation: Operation) -> bool:
    began, ended = deployment.began_at, operation.ended_at
    return began is not None and ended is not None and operation.created_at <= began <= ended


def _tasks(user: Any, scopes: Sequence[Scope]) -> Iterable[PastFailure]:
    """Yield failed standalone tasks: the newest of each revision, with their number."""
    later = Task.objects.filter(
        account=OuterRef("account"), region=OuterRef("region"), cluster_name=OuterRef("cluster_name"),
        family=OuterRef("family"), service_name="", completed=True, stopped_at__gt=OuterRef("stopped_at"),
    )  # fmt: skip
    rows = in_scopes(Task.objects.visible_to(user), scopes).filter(
        FAILED | LOST_HOST, ~Exists(later), service_name="", completed=False, last_status="STOPPED",
        stopped_at__gte=timezone.now() - SHOWN,
    )  # fmt: skip
    failed: dict[tuple[int, str, str, str], list[Task]] = {}
    for task in rows.select_related("account").order_by("-stopped_at")[:TASKS_READ]:
        place = (task.account_id, task.region, task.cluster_name, task.task_definition)
        failed.setdefault(place, []).append(task)
    for tasks in list(failed.values())[:LISTED]:
        yield _failed_tasks(tasks)


def _failed_tasks(tasks: Sequence[Task]) -> PastFailure:
    task = tasks[0]
    group = next(iter(grouped(judged(tasks))), None)
    entry = Attention(
        tone=Tone.WARN,
        what=task.task_definition,
        kind="A task failed" if len(tasks) == 1 else f"{len(tasks)} tasks failed",
        reason=group.verdict.sentence if group else task.masked_reason,
        hint=group.verdict.how if group else "",
        raw=group.verdict.raw if group else "",
        evidence=group.verdict.evidence if group else (),
        key=f"task-{task.pk}",
        url=task.get_absolute_url(),
        where=_where(task),
        since=task.stopped_at,
    )
    return PastFailure(f"task:{task.arn}", entry, task.access_target(), task.account)


def _log_url(row: ServiceDeployment, task: Task) -> str:
    kwargs = {**row.scope_kwargs(), "cluster": row.cluster_name, "service": row.service_name}
    return f"{reverse('services:service_logs', kwargs=kwargs)}?task={task.name}"


def _where(row: ServiceDeployment | Task) -> str:
    return f"{row.account.alias} / {row.region} / {row.cluster_name}"


def failure_of(user: Any, scopes: Sequence[Scope], key: str) -> PastFailure | None:
    """Return the failure with this key, if the user sees it."""
    return next((each for each in past_failures(user, scopes) if each.key == key), None)
