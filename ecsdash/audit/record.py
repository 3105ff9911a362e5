"""record(): the only function that writes to the audit trail."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.audit.chain import GENESIS, SEALED, seal, storable
from ecsdash.audit.models import COUNTER, AuditEvent, ChainHead, Outcome, Phase
from ecsdash.masking import mask
from ecsdash.web.polling import pubsub

SYSTEM: Final = "system"
ANCHOR_EVERY: Final = 100
log = structlog.get_logger(__name__)


def record(
    *,
    actor: User | None,
    action: str,
    phase: Phase = Phase.CHANGE,
    outcome: Outcome = Outcome.NONE,
    actor_name: str = "",
    source_ip: str = "",
    account: str = "",
    region: str = "",
    cluster: str = "",
    service: str = "",
    resource_type: str = "",
    resource_arn: str = "",
    resource_name: str = "",
    reason: str = "",
    changes: Sequence[Mapping[str, Any]] = (),
    detail: Mapping[str, Any] | None = None,
    operation: UUID | None = None,
    request_ids: Sequence[str] = (),
) -> AuditEvent:
    """Append one event, with secrets masked, in the caller's transaction.

    It waits until earlier writers have committed, so call it late in a transaction. Do not catch its exceptions: a
    change without an audit event must be rolled back.
    """
    event = AuditEvent(
        at=timezone.now(),
        actor=actor,
        actor_name=storable(actor_name or (actor.get_username() if actor else SYSTEM)),
        source_ip=storable(source_ip),
        action=action,
        phase=phase.value,
        outcome=outcome.value,
        account=storable(account),
        region=storable(region),
        cluster=storable(cluster),
        service=storable(service),
        resource_type=resource_type,
        resource_arn=storable(resource_arn),
        resource_name=storable(resource_name),
        reason=mask(storable(reason)),
        changes=mask(storable(list(changes))),
        detail=mask(storable(detail or {})),
        operation=operation,
        request_ids=storable(list(request_ids)),
    )
    return _append(event)


def _append(event: AuditEvent) -> AuditEvent:
    with transaction.atomic():
        head, _ = ChainHead.objects.select_for_update().get_or_create(pk=1)
        event.seq = head.count + 1
        event.prev_hash = head.last_hash or GENESIS
        event.hash = seal(getattr(event, field) for field in SEALED)
        event.save(force_insert=True)
        head.count, head.last_hash = event.seq, event.hash
        head.save(update_fields=["count", "last_hash"])
    transaction.on_commit(partial(pubsub.publish_counters, {COUNTER: event.seq}))
    if event.seq % ANCHOR_EVERY == 1:
        transaction.on_commit(lambda: _anchor(event))
    return event


def _anchor(event: AuditEvent) -> None:
    """Write the hash to the log, which the owner of the database cannot change; `audit_verify --anchor` compares it."""
    log.info("audit_anchor", seq=event.seq, hash=event.hash)
