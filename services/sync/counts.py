"""The counters of services, worked out from their tasks: an event of a task needs no call of AWS."""

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

RUNNING = (TaskStatus.RUNNING,)
PENDING = (TaskStatus.PROVISIONING, TaskStatus.PENDING, TaskStatus.ACTIVATING)
#: (cluster, service, started by, last status) -> so many tasks. A service's tasks are started by a deployment's id.
Statuses = Counter[tuple[str, str, str, str]]


WRITTEN = ("running_count", "pending_count", "progressed_at", "health", "description", "digest", "observed_at")


def recount(scope: Scope, arns: Sequence[str]) -> set[str]:
    """Count the tasks of these services as ECS counts them; answers the ARNs of which only ECS can tell the state.

    These are services that deploy, drain or are not known, those that want as many tasks as there are instances, and
    those with more tasks than they want: nobody tells when people change that number.
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
    return set(arns) - {service.arn for service in found if _sure(service)}


def swept(scope: Scope, *nouns: str) -> bool:
    """Whether each of these nouns has been swept whole, so that its rows can be counted."""
    states = SweepState.objects.filter(account=scope.account, region=scope.region, completed_at__isnull=False)
    return states.filter(noun__in=nouns).count() == len(nouns)


def recount_moved(scope: Scope, arns: Sequence[str], since: datetime) -> None:
    """Count again those of the services whose tasks have changed since then, while a sweep described the services."""
    rows = Service.objects.in_scope(scope.account, scope.region).present().filter(arn__in=arns)
    named = {(cluster, name): arn for cluster, name, arn in rows.values_list("cluster_name", "name", "arn")}
    tasks = Task.objects.in_scope(scope.account, scope.region).filter(
        cluster_name__in={cluster for cluster, _ in named}, service_name__in={name for _, name in named},
        observed_at__gte=since,
    )  # fmt: skip
    moved = {named[place] for place in tasks.values_list("cluster_name", "service_name") if place in named}
    if moved:
        recount(scope, sorted(moved))


def steady(scope: Scope, arns: Sequence[str]) -> set[str]:
    """Those of the services that are steady here too."""
    rows = Service.objects.in_scope(scope.account, scope.region).present().filter(arn__in=arns)
    return set(rows.filter(health__in=(ServiceHealth.STEADY, ServiceHealth.STOPPED)).values_list("arn", flat=True))


def _sure(service: Service) -> bool:
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
    """True when a counter has changed. The row then is no more as ECS described it: the next sweep writes it anew."""
    own = {key[2:]: number for key, number in statuses.items() if key[:2] == (service.cluster_name, service.name)}
    old, counts = service.description, _counts(own)
    deployments = [{**each, **_counts(own, each["id"])} for each in old.get("deployments", [])]
    service.description = {**old, **counts, "deployments": deployments}
    service.running_count, service.pending_count = counts["runningCount"], counts["pendingCount"]
    if service.description == old:
        return False
    service.digest, service.observed_at = "", timezone.now()
    service.progressed_at = service.observed_at
    service.health = ServiceHealth.of(service).value
    return True


def _counts(own: dict[Any, int], deployment: str | None = None) -> dict[str, int]:
    """Of the tasks that this deployment has started, or of all."""
    mine = [(status, number) for (by, status), number in own.items() if deployment in (None, by)]
    return {
        "runningCount": sum(number for status, number in mine if status in RUNNING),
        "pendingCount": sum(number for status, number in mine if status in PENDING),
    }
