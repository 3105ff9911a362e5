"""Mark a past failure as seen: the permission, the row, the audit event. It then no longer needs attention, for
everybody."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from ecsdash.audit.record import record
from ecsdash.inventory import changes
from ecsdash.inventory.scope import Scope
from services.models import SeenProblem
from services.selectors.past_failures import PastFailure, failure_of, may_mark


def mark_seen(user: Any, scopes: Sequence[Scope], key: str, source_ip: str) -> bool:
    """Return whether there is such a failure. Raise PermissionDenied."""
    failure = failure_of(user, scopes, key)
    if failure is None:
        return False
    if not may_mark(user, failure):
        raise PermissionDenied("You do not have permission to mark this failure as seen.")
    with transaction.atomic():
        _, new = SeenProblem.objects.get_or_create(key=failure.key, defaults={"account": failure.account, "user": user})
        if new:
            _record(user, failure, source_ip)
    return True


def _record(user: Any, failure: PastFailure, source_ip: str) -> None:
    target, entry = failure.target, failure.entry
    changes.bump(failure.account, target.region, "services")
    record(
        actor=user,
        source_ip=source_ip,
        action="mark_problem_seen",
        account=target.account,
        region=target.region,
        cluster=target.cluster,
        service=target.service,
        resource_name=entry.what,
        detail={"summary": f"Marked as seen: {entry.what}, {entry.kind}", "key": failure.key},
    )
