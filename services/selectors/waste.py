"""What costs money and seems not to be needed: each with its evidence, the saving a month, and the action to take."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from clusters.models import Volume
from ecsdash.aws.prices import currency, load_balancer_monthly, volume_monthly
from ecsdash.inventory.scope import Scope
from ecsdash.operations.actions import ACTIONS
from ecsdash.web import clock
from ecsdash.web.cached_reverse import address
from services.models import Listener, LoadBalancer, LogGroup, Service, ServiceMetrics, TargetGroup
from services.selectors.costs import sees_everything
from services.selectors.services import in_scopes
from services.statuses import ServiceHealth

MOST: Final = 50  # entries of each kind
IDLE_PERCENT, LARGE_PERCENT = 2, 30
LEAST_SPAN = timedelta(hours=1)  # of kept metrics that prove anything
LONG_AT_ZERO = timedelta(days=30)
NEW = timedelta(hours=1)  # what is younger may still be in the making
FREED_BY_HALF: Final = 0.5


@dataclass(frozen=True)
class Waste:
    """One finding. `saving` is an estimate a month, None if it is not known, 0 if there is none."""

    kind: str
    name: str
    where: str
    evidence: str
    saving: float | None
    currency: str
    since: datetime | None = None
    url: str = ""
    action: str = ""
    action_url: str = ""


def waste(user: Any, scopes: Sequence[Scope]) -> list[Waste]:
    """Return the findings that the user may see, the largest saving first."""
    services = list(in_scopes(Service.objects.visible_to(user).present(), scopes).filter(Q(
        health=ServiceHealth.STOPPED) | Q(monthly_cost__gt=0, metrics__isnull=False),
    ).select_related("account", "metrics").defer("description", "tags")[: 10 * MOST])  # fmt: skip
    found: list[Waste] = [*_measured(services), *_at_zero(services)]
    for scope in scopes:
        found += _of_scope(user, scope)
    return sorted(found, key=lambda each: -(each.saving or 0))


def of_service(service: Service) -> list[Waste]:
    """Return the findings about one service."""
    return [*_measured([service]), *_at_zero([service])]


def _of_scope(user: Any, scope: Scope) -> Iterator[Waste]:
    yield from _load_balancers(user, scope)
    yield from _target_groups(user, scope)
    if sees_everything(user, scope):
        yield from _volumes(scope)
        yield from _log_groups(scope)


def _measured(services: Iterable[Service]) -> Iterator[Waste]:
    """Yield idle and oversized services, judged by the metrics that are kept of them."""
    for service in services:
        metrics = getattr(service, "metrics", None)
        if metrics is None or not service.monthly_cost or (span := _span(metrics)) < LEAST_SPAN:
            continue
        cpu, memory = (_highest(values) for values in (metrics.cpu, metrics.memory))
        if cpu is None or memory is None:
            continue
        said = f"CPU at most {cpu:.1f} %, memory at most {memory:.0f} % over {_words(span)}"
        if cpu < IDLE_PERCENT:
            yield _of_service("Idle service", service, said, service.monthly_cost, "scale_service")
        elif cpu < LARGE_PERCENT and memory < LARGE_PERCENT:
            saving = round(service.monthly_cost * FREED_BY_HALF, 2)
            yield _of_service("Oversized service", service, f"{said}: half the size is enough", saving, "deploy_service")


def _at_zero(services: Iterable[Service]) -> Iterator[Waste]:
    for service in services:
        since = service.last_event_at or service.deployed_at
        still = since is not None and clock.now() - since > LONG_AT_ZERO
        if service.health == ServiceHealth.STOPPED and service.target_group_arns and still:
            said = "No task for 30 days, and still a target group behind a load balancer"
            yield _of_service("Service at zero", service, said, 0, "delete_service", since)


def _of_service(
    kind: str, service: Service, evidence: str, saving: float, action: str, since: datetime | None = None
) -> Waste:
    where = f"{service.cluster_name}, {service.account.alias} {service.region}"
    return Waste(
        kind, service.name, where, evidence, saving, currency(service.region), since, service.get_absolute_url(),
        ACTIONS[action].label, address(f"actions:{action}", **service.url_kwargs()),
    )  # fmt: skip


def _span(metrics: ServiceMetrics) -> timedelta:
    times = metrics.times or [0]
    return timedelta(seconds=max(times) - min(times))


def _highest(values: Sequence[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _words(span: timedelta) -> str:
    hours = round(span.total_seconds() / 3600)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} h"


def _load_balancers(user: Any, scope: Scope) -> Iterator[Waste]:
    """Yield load balancers to which no service belongs: without listeners, or with target groups that no task is in."""
    rows = LoadBalancer.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    groups = _groups_of_balancers(scope)
    used = _used_groups(scope)
    for row in rows.select_related("account").order_by("name"):
        own = groups.get(row.arn)
        created = parse_datetime(str(row.description.get("CreatedTime", "")))
        young = created is not None and clock.now() - created < NEW
        if young or (own and own & used):
            continue
        said = "No service registers tasks in its target groups" if own else "Its listeners forward to no target group"
        yield Waste(
            "Load balancer without services", row.name, str(scope), said if own is not None else "It has no listener",
            load_balancer_monthly(row.region).amount, currency(row.region), created, row.get_absolute_url(),
            "Delete load balancer", address("actions:delete_load_balancer", **row.url_kwargs()),
        )  # fmt: skip


def _groups_of_balancers(scope: Scope) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in Listener.objects.in_scope(scope.account, scope.region).present():
        groups = found.setdefault(row.load_balancer_arn, set())
        groups.update(row.target_group_arns, *(rule["target_group_arns"] for rule in row.rules))
    return found


def _used_groups(scope: Scope) -> set[str]:
    rows = Service.objects.in_scope(scope.account, scope.region).present()
    return {arn for arns in rows.values_list("target_group_arns", flat=True) for arn in arns}


def _target_groups(user: Any, scope: Scope) -> Iterator[Waste]:
    rows = TargetGroup.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    used = _used_groups(scope)
    for row in rows.filter(load_balancer_arns=[]).select_related("account").order_by("name")[:MOST]:
        if row.arn not in used:
            yield Waste(
                "Target group without load balancer", row.name, str(scope), "No listener and no service uses it", 0,
                currency(row.region), None, "", "Delete target group",
                address("actions:delete_target_group", **row.url_kwargs()),
            )  # fmt: skip


def _volumes(scope: Scope) -> Iterator[Waste]:
    rows = Volume.objects.in_scope(scope.account, scope.region).present().filter(state="available")
    for row in rows.order_by("-size", "name")[:MOST]:
        said = f"{row.size} GiB {row.volume_type}, attached to no instance"
        saving = volume_monthly(row.region, row.volume_type, row.size).amount
        yield Waste("Unattached volume", row.title, str(scope), said, saving, currency(row.region), row.created_at)


def _log_groups(scope: Scope) -> Iterator[Waste]:
    rows = LogGroup.objects.in_scope(scope.account, scope.region).present().filter(retention_days=None)
    for row in rows.order_by("name")[:MOST]:
        size = row.description.get("storedBytes", 0) / 2**30
        said = f"{size:.1f} GiB, kept for ever: no retention is set"
        yield Waste("Log group without retention", row.name, str(scope), said, None, currency(row.region))
