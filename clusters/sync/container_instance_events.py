"""The events of container instances: recorded when a sweep or an ECS event changes their rows."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clusters.models import ContainerInstance, ContainerInstanceEvent
from ecsdash.inventory.scope import Scope

Kind = ContainerInstanceEvent.Kind


@dataclass(frozen=True)
class InstanceState:
    """The values of an instance's row whose changes are events."""

    cluster: str
    status: str
    connected: bool
    registered_at: datetime | None
    gone: bool


@contextmanager
def recorded(scope: Scope, within: Q) -> Iterator[None]:
    """Record what the block changes in the scope's rows that match `within`, in the same transaction."""
    here = ContainerInstance.objects.in_scope(scope.account, scope.region)
    with transaction.atomic():
        before = _states(here.filter(within).select_for_update())
        yield
        now, rows = timezone.now(), here.filter(within | Q(pk__in=list(before)))
        events = [
            ContainerInstanceEvent(
                instance_id=pk, account=scope.account, region=scope.region, cluster_name=state.cluster,
                kind=kind, status=state.status, at=at,
            )
            for pk, state in _states(rows).items()
            for kind, at in _changes(before.get(pk), state, now)
        ]  # fmt: skip
        ContainerInstanceEvent.objects.bulk_create(events, ignore_conflicts=True)


def _changes(before: InstanceState | None, after: InstanceState, now: datetime) -> Iterable[tuple[Kind, datetime]]:
    if after.gone:
        return [(Kind.GONE, now)] if before and not before.gone else []
    if before is None or before.gone:
        return [(Kind.REGISTERED, after.registered_at or now)]
    events = [(Kind.STATUS, now)] if before.status != after.status else []
    if before.connected != after.connected:
        events.append((Kind.AGENT_BACK if after.connected else Kind.AGENT_LOST, now))
    return events


def _states(rows: Any) -> dict[int, InstanceState]:
    columns = ("pk", "cluster_name", "status", "agent_connected", "registered_at", "gone_at")
    return {
        pk: InstanceState(cluster, status, connected, registered_at, gone_at is not None)
        for pk, cluster, status, connected, registered_at, gone_at in rows.values_list(*columns)
    }
