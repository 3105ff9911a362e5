"""Overview of the fleet: counts, health, attention, deployments and latest changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse

from clusters.models import Cluster, ContainerInstance
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.selectors import visible_events
from ecsdash.external_changes.codes import EXTERNAL
from ecsdash.external_changes.selectors import pages as external_pages
from ecsdash.inventory.scope import Scope
from ecsdash.operations.models import Operation
from ecsdash.operations.states import OperationState
from ecsdash.web.tone import Tone
from services.models import Service
from services.selectors.attention import LISTED, attention
from services.selectors.attention_entry import Attention
from services.selectors.deployments import InFlight, in_flight
from services.selectors.fleet import Fleet, fleet
from services.selectors.services import in_scopes

CHANGES = 10
MARKED = "mark_problem_seen"  # changes nothing in AWS
EVENTS_PER_CHANGE = 4  # events of one operation: intent, cancel or retry, outcome


@dataclass(frozen=True)
class Counts:
    clusters: int
    running_tasks: int
    pending_tasks: int
    instances: int
    disconnected: int


@dataclass(frozen=True)
class LatestChange:
    """Newest audit event of one change."""

    key: str
    what: str
    label: str
    tone: Tone
    who: str
    at: datetime
    url: str


@dataclass(frozen=True)
class Overview:
    counts: Counts
    fleet: Fleet
    attention: Sequence[Attention]
    in_flight: Sequence[InFlight]
    changes: Sequence[LatestChange]
    more_attention: int = 0


def overview(user: Any, scopes: Sequence[Scope]) -> Overview:
    services = in_scopes(Service.objects.visible_to(user).present(), scopes)
    found = attention(user, scopes, services)
    return Overview(
        _counts(user, scopes, services),
        fleet(services),
        found[:LISTED],
        in_flight(services, LISTED),
        latest_changes(user),
        max(0, len(found) - LISTED),
    )


def _counts(user: Any, scopes: Sequence[Scope], services: QuerySet[Service]) -> Counts:
    sums = services.aggregate(running=Sum("running_count"), pending=Sum("pending_count"))
    instances = in_scopes(ContainerInstance.objects.visible_to(user).present(), scopes)
    return Counts(
        clusters=in_scopes(Cluster.objects.visible_to(user).present(), scopes).count(),
        running_tasks=sums["running"] or 0,
        pending_tasks=sums["pending"] or 0,
        instances=instances.count(),
        disconnected=instances.filter(status="ACTIVE", agent_connected=False).count(),
    )


def latest_changes(user: Any) -> list[LatestChange]:
    """Return the newest changes of AWS in the audit trail that the user may see, each once."""
    events = (
        visible_events(user).exclude(account="").exclude(action=MARKED).order_by("-seq")[: CHANGES * EVENTS_PER_CHANGE]
    )
    newest: dict[Any, AuditEvent] = {}
    for event in events:
        newest.setdefault(event.operation or event.seq, event)
    shown = list(newest.values())[:CHANGES]
    states = dict(Operation.objects.filter(pk__in=[each.operation for each in shown]).values_list("pk", "state"))
    pages = external_pages(user, shown)
    return [_change(event, states.get(event.operation), pages.get(event.seq, "")) for event in shown]


def _change(event: AuditEvent, state: str | None, external: str) -> LatestChange:
    """Return the change. `state` is that of its operation, None if there is no operation or it was deleted; `external`
    is the page of a change made elsewhere, empty for others."""
    if event.action == EXTERNAL:
        page, label, tone = external or reverse("audit:event", args=[event.seq]), "External", Tone.WARN
        return LatestChange(str(event.seq), event.detail["summary"], label, tone, event.actor_name, event.at, page)
    own = OperationState(state) if state else None
    page = reverse("operations:detail", args=[event.operation]) if own else reverse("audit:event", args=[event.seq])
    return LatestChange(
        key=str(event.seq),
        what=event.detail.get("summary") or f"{event.title} {event.resource_name}".strip(),
        label=own.label if own else event.label,
        tone=own.tone if own else event.tone,
        who=event.actor_name,
        at=event.at,
        url=page,
    )
