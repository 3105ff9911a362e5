"""Decide to keep an external change."""

from django.db import transaction
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.audit.record import record
from ecsdash.external_changes.codes import KEPT
from ecsdash.external_changes.models import NOUN, ExternalChange
from ecsdash.inventory import changes


def keep(change: ExternalChange, *, by: User, reason: str, source_ip: str) -> bool:
    """Record the decision. Return False if somebody decided before."""
    with transaction.atomic():
        still_open = ExternalChange.objects.filter(pk=change.pk, state=ExternalChange.State.OPEN)
        if not still_open.update(state=ExternalChange.State.KEPT, kept_by=by.get_username(), kept_at=timezone.now()):
            return False
        record(
            actor=by,
            action=KEPT,
            source_ip=source_ip,
            reason=reason,
            **change.audited_place(),
            changes=change.changes,
            detail={"summary": f"Keep {change.summary}", "event_id": change.name, "person": change.person},
        )
        changes.bump(change.account, change.region, NOUN)
    return True
