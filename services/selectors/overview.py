"""The whole fleet at a glance: how it is doing, what needs attention and why, what is being changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse

from clusters.models import Cluster, ContainerInstance
from ecsdash.audit.models import AuditEvent, Phase
from ecsdash.audit.selectors import visible_events
from ecsdash.inventory.scope import Scope
from ecsdash.web.tone import Tone
from services.models import Service
from services.selectors.attention import LISTED, Attention, attention
from services.selectors.deployments import InFlight, in_flight
from services.selectors.fleet import Fleet, fleet
from services.selectors.services import in_scopes

CHANGES = 10
EVENTS_PER_CHANGE = 4  # of an operation: intent, cancel or retry, outcome


@dataclass(frozen=True)
class Counts:
    clusters: int
    running_tasks: int
    pending_tasks: int
    instances: int
    disconnected: int


@dataclass(frozen=True)
class LatestChange:
    """The newest event of the audit trail about one change."""

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
    """Return the newest changes of AWS that the audit trail holds and the user may see, each once."""
    events = visible_events(user).exclude(account="").order_by("-seq")[: CHANGES * EVENTS_PER_CHANGE]
    newest: dict[Any, AuditEvent] = {}
    for event in events:
        newest.setdefault(event.operation or event.seq, event)
    return [_change(event) for event in newest.values()][:CHANGES]


def _change(event: AuditEvent) -> LatestChange:
    started = event.phase == Phase.INTENT
    operation = event.operation
    return LatestChange(
        key=str(event.seq),
        what=event.detail.get("summary") or f"{event.title} {event.resource_name}".strip(),
        label="Started" if started else event.label,
        tone=Tone.PROGRESS if started else event.tone,
        who=event.actor_name,
        at=event.at,
        url=reverse("operations:detail", args=[operation]) if operation else reverse("audit:event", args=[event.seq]),
    )
