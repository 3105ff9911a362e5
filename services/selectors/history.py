"""What happened to a service, on one time line: operations, deployments, changes made elsewhere, steady states, stopped
tasks, events of ECS."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse

from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.scope import Scope
from ecsdash.operations.models import Operation
from ecsdash.web.tone import Tone
from services.models import Service, ServiceEvent, Task
from services.selectors import deployments
from services.selectors.documents import restore_point_address
from services.selectors.restore_points import in_words, restore_points

PAGE: Final = 50


@dataclass(frozen=True)
class Moment:
    """One thing that happened. `who` is empty where only ECS acted; `address` is that of its document to compare."""

    at: datetime
    kind: str
    what: str
    tone: Tone
    who: str = ""
    state: str = ""
    detail: str = ""
    url: str = ""
    address: str = ""


@dataclass(frozen=True)
class History:
    """One page of moments, newest first. `older` is the time before which the next page begins, None at the end."""

    moments: list[Moment]
    older: datetime | None


def history(user: Any, scope: Scope, service: Service, kinds: Collection[str], before: datetime | None) -> History:
    """Return the moments of these kinds before a time; of all kinds if none is named."""
    sources = [SOURCES[kind](user, scope, service, before) for kind in kinds or SOURCES]
    found = list(islice(merge(*sources, key=lambda each: each.at, reverse=True), PAGE + 1))
    return History(found[:PAGE], found[PAGE - 1].at if len(found) > PAGE else None)


def _operations(user: Any, scope: Scope, service: Service, before: datetime | None) -> Iterable[Moment]:
    rows = Operation.objects.visible_to(user).of_service(scope, service.cluster_name, service.name)
    for row in _page(rows.select_related("user"), "created_at", before):
        state = row.state_enum
        yield Moment(
            row.created_at, "operation", row.plan_data.get("summary", ""), state.tone, who=row.user.username,
            state=state.label, detail=row.error.get("message", "") or row.reason,
            url=reverse("operations:detail", args=[row.pk]),
        )  # fmt: skip


def _deployments(user: Any, scope: Scope, service: Service, before: datetime | None) -> Iterable[Moment]:
    rows = deployments.deployments_of(user, scope, service)
    for row in _page(rows, "created_at", before):
        yield Moment(
            row.created_at, "deployment", f"Deployment of {row.revision}", row.tone, state=row.status,
            detail=row.status_reason, url=row.get_absolute_url(),
        )  # fmt: skip


def _external(user: Any, scope: Scope, service: Service, before: datetime | None) -> Iterable[Moment]:
    rows = ExternalChange.objects.visible_to(user).in_scope(scope.account, scope.region)
    shown = rows.filter(cluster_name=service.cluster_name, service_name=service.name).exclude(state="pending")
    for row in _page(shown, "happened_at", before):
        yield Moment(
            row.happened_at, "elsewhere", row.summary or str(row), Tone.WARN, who=row.person, state=row.state,
            url=row.get_absolute_url(),
        )  # fmt: skip


def _restore_points(user: Any, scope: Scope, service: Service, before: datetime | None) -> Iterable[Moment]:
    for row in _page(restore_points(service), "steady_at", before):
        yield Moment(
            row.steady_at, "steady", f"Steady state: {in_words(row)}", Tone.OK,
            address=restore_point_address(service, row),
        )  # fmt: skip


def _stopped(user: Any, scope: Scope, service: Service, before: datetime | None) -> Iterable[Moment]:
    rows = Task.objects.visible_to(user).in_scope(scope.account, scope.region).filter(
        cluster_name=service.cluster_name, service_name=service.name, last_status="STOPPED", stopped_at__isnull=False
    )  # fmt: skip
    for row in _page(rows, "stopped_at", before):
        yield Moment(
            row.stopped_at, "task", f"Task {row.name[:12]} stopped", row.tone, state=row.stop_code,
            detail=row.masked_reason, url=row.get_absolute_url(),
        )  # fmt: skip


def _events(user: Any, scope: Scope, service: Service, before: datetime | None) -> Iterable[Moment]:
    for row in _page(ServiceEvent.objects.filter(service=service), "created_at", before):
        yield Moment(row.created_at, "event", service.without_name(row.message), Tone.IDLE)


def _page(rows: QuerySet[Any], column: str, before: datetime | None) -> QuerySet[Any]:
    """Return the newest rows before a time, one more than a page shows."""
    earlier = rows.filter(**{f"{column}__lt": before}) if before else rows.filter(**{f"{column}__isnull": False})
    return earlier.order_by(f"-{column}", "-pk")[: PAGE + 1]


Source = Callable[[Any, Scope, Service, datetime | None], Iterable[Moment]]
#: The kinds of moments, in the order of the filter.
SOURCES: Final[dict[str, Source]] = {
    "operation": _operations,
    "deployment": _deployments,
    "elsewhere": _external,
    "steady": _restore_points,
    "task": _stopped,
    "event": _events,
}
KINDS: Final = {
    "operation": "Operations",
    "deployment": "Deployments",
    "elsewhere": "Changes made elsewhere",
    "steady": "Steady states",
    "task": "Stopped tasks",
    "event": "Events",
}
