"""What changed at a service before a failure: operations of this dashboard, and changes made elsewhere."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.scope import Scope
from ecsdash.operations.models import Operation
from ecsdash.web.formatting import elapsed

#: Time before a failure in which a change may be its cause.
BEFORE: Final = timedelta(hours=1)
SHOWN: Final = 3


def changes_before(user: Any, scope: Scope, cluster: str, service: str, at: datetime) -> tuple[str, ...]:
    """Return the changes in the hour before `at` as sentences, the last one first."""
    found = [*_operations(user, scope, cluster, service, at), *_elsewhere(user, scope, cluster, service, at)]
    found.sort(key=lambda each: each[0], reverse=True)
    return tuple(f"{elapsed((at - when).total_seconds())} before: {what}" for when, what in found[:SHOWN])


def _operations(user: Any, scope: Scope, cluster: str, service: str, at: datetime) -> Iterator[tuple[datetime, str]]:
    rows = Operation.objects.visible_to(user).of_service(scope, cluster, service)
    rows = rows.filter(created_at__lte=at, created_at__gte=at - BEFORE).select_related("user").order_by("-created_at")
    for row in rows[:SHOWN]:
        summary = row.plan_data.get("summary", "")
        yield row.created_at, f"{summary}, by {row.user.username} ({row.state_enum.label.lower()})."


def _elsewhere(user: Any, scope: Scope, cluster: str, service: str, at: datetime) -> Iterator[tuple[datetime, str]]:
    rows = ExternalChange.objects.visible_to(user).in_scope(scope.account, scope.region)
    rows = rows.filter(cluster_name=cluster, service_name=service, happened_at__lte=at, happened_at__gte=at - BEFORE)
    for row in rows.exclude(state="pending").order_by("-happened_at")[:SHOWN]:
        yield row.happened_at, f"{row.summary or row} outside this dashboard, by {row.person}."
