"""Failures and waiting times of services, from their tasks: what the health of a service depends on beside what ECS
describes. Judged every few seconds, because time alone makes a service stuck, and well again. It calls nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import F, Q

from ecsdash.inventory.changes import bump
from ecsdash.inventory.scope import Scope
from ecsdash.web import clock
from services.models import Service, Task
from services.models.task import FAILED
from services.statuses import TROUBLED, ServiceHealth

WINDOW = timedelta(minutes=30)  # in which failures count
LONGEST_LIFE = timedelta(minutes=30)  # a task that lived longer did not fail in a row
SHORTEST_LIFE = timedelta(seconds=30)
STARTS = 20  # earlier tasks whose start times are looked at
SERVICES = 500  # judged at once, those that changed last first
JUDGED = ("recent_failures", "failing_until", "usual_start", "lacking_since", "health", "digest")


@dataclass(frozen=True)
class Failures:
    """Failed tasks of the primary deployment. Until `until` no task has lived twice as long as they did."""

    number: int = 0
    until: datetime | None = None


def judge_services() -> None:
    """Judge every service that is not at rest, and write the health of those that changed."""
    now = clock.now()
    for key in _unsettled(now):
        _judge(key, now)


def _unsettled(now: datetime) -> list[int]:
    """Return the primary keys of services that deploy, lack tasks, are in trouble, or had a task that failed."""
    rows = Service.objects.filter(gone_at=None, status="ACTIVE")
    unsettled = (
        Q(rollout_state="IN_PROGRESS")
        | Q(deployments_count__gt=1)
        | Q(running_count__lt=F("desired_count"))
        | Q(health__in=TROUBLED)
        | Q(recent_failures__gt=0)
    )
    failed = Task.objects.filter(FAILED, last_status="STOPPED", stopped_at__gte=now - timedelta(minutes=1))
    places = failed.exclude(service_name="").values_list("account", "region", "cluster_name", "service_name")
    for account, region, cluster, service in set(places[:SERVICES]):
        unsettled |= Q(account=account, region=region, cluster_name=cluster, name=service)
    return list(rows.filter(unsettled).order_by("-observed_at").values_list("pk", flat=True)[:SERVICES])


def _judge(key: int, now: datetime) -> None:
    with transaction.atomic():
        service = cast("Service | None", Service.objects.select_for_update(of=("self",)).filter(pk=key).first())
        if service is None:
            return
        before = [getattr(service, name) for name in JUDGED]
        failures = failures_of(service, now)
        service.recent_failures, service.failing_until = failures.number, failures.until
        service.lacking_since = (service.lacking_since or now) if service.lacks_tasks else None
        if service.lacks_tasks:
            service.usual_start = usual_start(service)
        service.health = ServiceHealth.of(service).value
        if before == [getattr(service, name) for name in JUDGED]:
            return
        service.digest = ""
        service.save(update_fields=JUDGED)
        bump(service.account, service.region, "services")


def failures_of(service: Service, now: datetime) -> Failures:
    """Return the failures of the tasks of the primary deployment within WINDOW."""
    rows = _tasks(service).filter(FAILED, last_status="STOPPED", stopped_at__gte=now - WINDOW)
    deployment = service.new_deployment.get("id")
    own = rows.filter(started_by=deployment) if deployment else rows
    lives = [
        (stopped, stopped - created) for created, stopped in own.values_list("created_at", "stopped_at") if created
    ]
    short = [(stopped, life) for stopped, life in lives if life < LONGEST_LIFE]
    if not short:
        return Failures()
    longest = max(SHORTEST_LIFE, *(life for _, life in short))
    return Failures(len(short), max(stopped for stopped, _ in short) + 2 * longest)


def usual_start(service: Service) -> float | None:
    """Return the seconds that the slowest of its earlier tasks took to start; None if none is known."""
    rows = _tasks(service).filter(started_at__isnull=False, created_at__isnull=False)
    times: Iterable[tuple[Any, Any]] = rows.order_by("-created_at").values_list("created_at", "started_at")[:STARTS]
    return max(((started - created).total_seconds() for created, started in times), default=None)


def _tasks(service: Service) -> Any:
    scope = Scope(service.account, service.region)
    rows = Task.objects.in_scope(scope.account, scope.region)
    return rows.filter(cluster_name=service.cluster_name, service_name=service.name)
