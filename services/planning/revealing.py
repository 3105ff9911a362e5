"""Reveal hidden values of an inventory row: the permission, the audit event, then the values."""

from typing import Any

from django.core.exceptions import PermissionDenied

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.audit.record import record
from ecsdash.inventory.models import Resource
from services.selectors.hidden_values import HiddenValue, all_values, values_at


def may_reveal(user: Any, row: Resource) -> bool:
    return policy.can(user, Permission.REVEAL, row.access_target())


def reveal(user: Any, row: Resource, place: str, source_ip: str) -> list[HiddenValue]:
    """Return one value or those of one container, recorded in the audit trail; empty if the place has none.

    Raise PermissionDenied.
    """
    if not may_reveal(user, row):
        raise PermissionDenied("You do not have permission to see hidden values here.")
    found = values_at(row, place)
    if not found:
        return []
    target = row.access_target()
    record(
        actor=user,
        source_ip=source_ip,
        action="reveal_value",
        account=target.account,
        region=target.region,
        cluster=target.cluster,
        service=target.service,
        resource_type=row.NOUN,
        resource_arn=row.arn,
        resource_name=row.name,
        detail={"values": [{"place": each.place, "fingerprint": each.fingerprint} for each in found]},
    )
    return found


def reveal_all(user: Any, row: Resource, source_ip: str) -> None:
    """Record that all hidden values of the row are shown to the user. Raise PermissionDenied."""
    for owner in dict.fromkeys(each.owner for each in all_values(row)):
        reveal(user, row, owner, source_ip)
