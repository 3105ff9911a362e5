"""What happens to container instances, told from how their rows change: by a sweep, or by an event of ECS."""

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
class Seen:
    """What of an instance's row can happen to it."""

    cluster: str
    status: str
    connected: bool
    registered_at: datetime | None
    gone: bool


@contextmanager
def recorded(scope: Scope, within: Q) -> Iterator[None]:
    """Whatever the block changes in the rows of the scope that `within` names becomes events, in one transaction."""
    here = ContainerInstance.objects.in_scope(scope.account, scope.region)
    with transaction.atomic():
        before = _seen(here.filter(within).select_for_update())
        yield
        now, rows = timezone.now(), here.filter(within | Q(pk__in=list(before)))
        events = [
            ContainerInstanceEvent(
                instance_id=pk, account=scope.account, region=scope.region, cluster_name=seen.cluster,
                kind=kind, status=seen.status, at=at,
            )
            for pk, seen in _seen(rows).items()
            for kind, at in _happened(before.get(pk), seen, now)
        ]  # fmt: skip
        ContainerInstanceEvent.objects.bulk_create(events, ignore_conflicts=True)


def _happened(before: Seen | None, after: Seen, now: datetime) -> Iterable[tuple[Kind, datetime]]:
    if after.gone:
        return [(Kind.GONE, now)] if before and not before.gone else []
    if before is None or before.gone:
        return [(Kind.REGISTERED, after.registered_at or now)]
    found = [(Kind.STATUS, now)] if before.status != after.status else []
    if before.connected != after.connected:
        found.append((Kind.AGENT_BACK if after.connected else Kind.AGENT_LOST, now))
    return found


def _seen(rows: Any) -> dict[int, Seen]:
    columns = ("pk", "cluster_name", "status", "agent_connected", "registered_at", "gone_at")
    return {
        pk: Seen(cluster, status, connected, registered_at, gone_at is not None)
        for pk, cluster, status, connected, registered_at, gone_at in rows.values_list(*columns)
    }
