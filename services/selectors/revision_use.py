"""Why revisions of a task definition family are kept: the proof that the others are not used.

Everything in the account and region counts, also what the person may not view: its name is not in the reason then.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q

from ecsdash.inventory.models import ResourceQuerySet
from ecsdash.inventory.scope import Scope
from ecsdash.web import clock
from services.models import Service, ServiceDeployment, Task, TaskDefinition
from services.models.task import LIVING
from services.statuses import DeploymentStatus

#: The nouns whose rows prove that a revision is not used.
NOUNS = ("services", "service_deployments", "tasks")
#: Deployment controllers whose services run several revisions at once, as task sets.
BY_TASK_SETS = ("CODE_DEPLOY", "EXTERNAL")
#: How many of the revisions that a service ran successfully a rollback may need: the current and the one before.
RESTORABLE = 2

Reason = tuple[str, str]  # the ARN of a revision, and why it is kept


def deletable(scope: Scope, family: str) -> list[TaskDefinition]:
    """Return the revisions of a family that are not being deleted: the active ones first, the newest first."""
    rows = TaskDefinition.objects.in_scope(scope.account, scope.region).present().select_related("account")
    return list(rows.filter(family=family, status__in=["ACTIVE", "INACTIVE"]).order_by("status", "-revision"))


def reasons(user: Any, rows: Iterable[TaskDefinition], keep: int, days: int) -> dict[str, list[str]]:
    """Return the reasons to keep each revision, by ARN; none where it is not used.

    `keep`: the newest active revisions stay; `days`: what was registered or ran within them stays too.
    """
    listed = list(rows)
    found: dict[str, list[str]] = {row.arn: [] for row in listed}
    if not listed:
        return found
    scope, family = Scope(listed[0].account, listed[0].region), listed[0].family
    since = clock.now() - timedelta(days=days) if days else None
    for arn, reason in (*_newest(listed, keep, since), *in_use(user, scope, family), *_ran(scope, family, since)):
        if arn in found and reason not in found[arn]:
            found[arn].append(reason)
    return found


def in_use(user: Any, scope: Scope, family: str) -> Iterator[Reason]:
    """Yield what services, deployments and tasks use, and what a rollback of a service would use."""
    visible = Service.objects.visible_to(user).in_scope(scope.account, scope.region)
    names = set(visible.values_list("cluster_name", "name"))
    yield from _run_by_services(scope, family, names)
    yield from _deployed(scope, family, names)
    tasks = Task.objects.in_scope(scope.account, scope.region).filter(LIVING, family=family)
    for arn in tasks.values_list("task_definition_arn", flat=True).distinct():
        yield arn, "a task runs it"


def _newest(rows: list[TaskDefinition], keep: int, since: datetime | None) -> Iterator[Reason]:
    for row in [each for each in rows if each.active][:keep]:
        yield row.arn, f"one of the newest {keep}" if keep > 1 else "the newest"
    for row in rows:
        if since and row.registered_at and row.registered_at > since:
            yield row.arn, f"registered {_ago(row.registered_at)}"


def _run_by_services(scope: Scope, family: str, names: set[tuple[str, str]]) -> Iterator[Reason]:
    """Yield what services run, and what is being replaced in them."""
    several = Q(deployments_count__gt=1) | Q(description__deploymentController__type__in=BY_TASK_SETS)
    rows = Service.objects.in_scope(scope.account, scope.region).present()
    for row in rows.filter(_of_family(scope, family) | several):
        reason = f"runs in {_place(row.cluster_name, row.name, names)}"
        parts = (*row.description.get("deployments", ()), *row.description.get("taskSets", ()))
        for arn in {row.task_definition, *(each.get("taskDefinition", "") for each in parts)}:
            yield arn, reason


def _deployed(scope: Scope, family: str, names: set[tuple[str, str]]) -> Iterator[Reason]:
    """Yield what deployments in progress bring, and what a rollback of a service would bring back."""
    here: ResourceQuerySet = ServiceDeployment.objects.in_scope(scope.account, scope.region)
    ours = here.filter(_of_family(scope, family))
    for row in ours.filter(status__in=DeploymentStatus.in_flight()):
        yield row.task_definition, f"being deployed to {_place(row.cluster_name, row.service_name, names)}"
    services = Service.objects.in_scope(scope.account, scope.region).present().values_list("cluster_name", "name")
    for cluster, name in sorted(set(services) & set(ours.values_list("cluster_name", "service_name"))):
        ended = here.filter(cluster_name=cluster, service_name=name, status=DeploymentStatus.SUCCESSFUL)
        ran = ended.exclude(task_definition="").order_by("-created_at").values_list("task_definition", flat=True)
        for arn in list(dict.fromkeys(ran))[:RESTORABLE]:
            yield arn, f"a rollback of {_place(cluster, name, names)} needs it"


def _ran(scope: Scope, family: str, since: datetime | None) -> Iterator[Reason]:
    """Yield what ran since then, by the stopped tasks that the inventory still has."""
    if since is None:
        return
    rows = Task.objects.in_scope(scope.account, scope.region).filter(family=family, created_at__gt=since)
    for arn, at in rows.values_list("task_definition_arn").annotate(last=Max("created_at")):
        yield arn, f"last started {_ago(at)}"


def _of_family(scope: Scope, family: str) -> Q:
    arns = TaskDefinition.objects.in_scope(scope.account, scope.region).filter(family=family)
    return Q(task_definition__in=arns.values("arn"))


def _place(cluster: str, service: str, names: set[tuple[str, str]]) -> str:
    return f"{cluster}/{service}" if (cluster, service) in names else "a service that you may not view"


def _ago(at: datetime) -> str:
    days = (clock.now() - at).days
    return "today" if days < 1 else "1 day ago" if days == 1 else f"{days} days ago"
