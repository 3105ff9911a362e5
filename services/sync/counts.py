"""Counters of services, computed from their tasks, so that a task event needs no AWS call."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from ecsdash.inventory.changes import bump
from ecsdash.inventory.models import SweepState
from ecsdash.inventory.scope import Scope
from services.models import Service, Task
from services.statuses import ServiceHealth, TaskStatus
from services.sync.progress import moved

RUNNING = (TaskStatus.RUNNING,)
PENDING = (TaskStatus.PROVISIONING, TaskStatus.PENDING, TaskStatus.ACTIVATING)
#: (cluster, service, started by, last status) -> number of tasks. `started by` is the id of a deployment.
Statuses = Counter[tuple[str, str, str, str]]


WRITTEN = (
    "running_count", "pending_count", "progressed_at", "lacking_since", "health", "description", "digest",
    "observed_at",
)  # fmt: skip


def recount(scope: Scope, arns: Sequence[str]) -> set[str]:
    """Count the tasks of these services; return the ARNs whose state only ECS knows.

    These are unknown services, services that deploy or drain, DAEMON services, and services with more tasks than
    desired: no event reports a change of the desired count.
    """
    if not swept(scope, "tasks"):
        return set(arns)
    with transaction.atomic():
        rows = Service.objects.in_scope(scope.account, scope.region).present().filter(arn__in=arns)
        found = list(cast(Iterable[Service], rows.order_by("arn").select_for_update()))
        statuses = _statuses(scope, found)
        changed = [service for service in found if _write(service, statuses)]
        Service.objects.bulk_update(changed, WRITTEN)
        if changed:
            bump(scope.account, scope.region, "services")
    return set(arns) - {service.arn for service in found if _counts_known(service)}


def swept(scope: Scope, *nouns: str) -> bool:
    """Return whether each of these nouns has been swept completely, so that its rows can be counted."""
    states = SweepState.objects.filter(account=scope.account, region=scope.region, completed_at__isnull=False)
    return states.filter(noun__in=nouns).count() == len(nouns)


def recount_changed(scope: Scope, arns: Sequence[str], since: datetime) -> None:
    """Recount those services whose tasks have changed since the sweep that described the services began."""
    rows = Service.objects.in_scope(scope.account, scope.region).present().filter(arn__in=arns)
    named = {(cluster, name): arn for cluster, name, arn in rows.values_list("cluster_name", "name", "arn")}
    tasks = Task.objects.in_scope(scope.account, scope.region).filter(
        cluster_name__in={cluster for cluster, _ in named}, service_name__in={name for _, name in named},
        observed_at__gte=since,
    )  # fmt: skip
    changed_arns = {named[place] for place in tasks.values_list("cluster_name", "service_name") if place in named}
    if changed_arns:
        recount(scope, sorted(changed_arns))


def steady_services(scope: Scope, arns: Sequence[str]) -> set[str]:
    """Return the ARNs of those services that are steady in the inventory."""
    rows = Service.objects.in_scope(scope.account, scope.region).present().filter(arn__in=arns)
    return set(rows.filter(health__in=(ServiceHealth.STEADY, ServiceHealth.STOPPED)).values_list("arn", flat=True))


def _counts_known(service: Service) -> bool:
    return (
        service.status == "ACTIVE"
        and not service.deploying
        and service.scheduling_strategy == "REPLICA"
        and service.running_count + service.pending_count <= service.desired_count
    )


def _statuses(scope: Scope, services: Sequence[Service]) -> Statuses:
    rows = Task.objects.in_scope(scope.account, scope.region).present().filter(
        cluster_name__in={service.cluster_name for service in services},
        service_name__in={service.name for service in services},
        last_status__in=(*RUNNING, *PENDING),
    )  # fmt: skip
    return Counter(rows.values_list("cluster_name", "service_name", "started_by", "last_status"))


def _write(service: Service, statuses: Statuses) -> bool:
    """Return whether a counter has changed. The digest is then cleared, so that the next sweep writes the row again."""
    own = {key[2:]: number for key, number in statuses.items() if key[:2] == (service.cluster_name, service.name)}
    old, counts = service.description, _counts(own)
    deployments = [{**each, **_counts(own, each["id"])} for each in old.get("deployments", [])]
    service.description = {**old, **counts, "deployments": deployments}
    service.running_count, service.pending_count = counts["runningCount"], counts["pendingCount"]
    if service.description == old:
        return False
    service.digest, service.observed_at = "", timezone.now()
    if moved(old, service.description):
        service.progressed_at = service.observed_at
    service.lacking_since = (service.lacking_since or service.observed_at) if service.lacks_tasks else None
    service.health = ServiceHealth.of(service).value
    return True


def _counts(own: dict[Any, int], deployment: str | None = None) -> dict[str, int]:
    """Return the counts of the tasks of this deployment, or of all tasks."""
    mine = [(status, number) for (by, status), number in own.items() if deployment in (None, by)]
    return {
        "runningCount": sum(number for status, number in mine if status in RUNNING),
        "pendingCount": sum(number for status, number in mine if status in PENDING),
    }
