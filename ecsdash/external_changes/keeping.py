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
            account=change.account.alias,
            region=change.region,
            cluster=change.cluster_name,
            service=change.service_name,
            resource_type=change.resource_type,
            resource_arn=change.resource_arn,
            resource_name=change.resource_name,
            changes=change.changes,
            detail={"summary": f"Keep {change.summary}", "event_id": change.name, "person": change.person},
        )
        changes.bump(change.account, change.region, NOUN)
    return True
