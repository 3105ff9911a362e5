"""record(): the only function that writes to the audit trail."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.audit.codes import code_of
from ecsdash.audit.keys import signing_key
from ecsdash.audit.models import COUNTER, AuditEvent, Outcome, Phase
from ecsdash.audit.storable import storable
from ecsdash.audit.verifier import GENESIS, SCHEME, SEALED, event_mac, seal
from ecsdash.masking import mask
from ecsdash.web.polling import pubsub

SYSTEM: Final = "system"
#: Number of PostgreSQL's advisory lock that writers hold, one after the other, until their transaction ends.
LOCK: Final = 0x6175646974


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
    change without an audit event must be rolled back. `action` decides the event's code (ecsdash.audit.codes).
    """
    code = code_of(action, phase.value, of_operation=operation is not None)
    event = AuditEvent(
        scheme=SCHEME,
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
        code=code.name,
        code_version=code.version,
    )
    return _append(event)


def _append(event: AuditEvent) -> AuditEvent:
    with transaction.atomic(savepoint=False):
        seq, last_hash = _last()
        event.seq, event.prev_hash = seq + 1, last_hash
        sign(event)
        event.save(force_insert=True)
    transaction.on_commit(partial(pubsub.publish_counters, {COUNTER: event.seq}))
    return event


def sign(event: AuditEvent) -> None:
    """Set the hash and the MAC of an event, with the current key."""
    key = signing_key()
    event.key_id = key.id
    values = {name: getattr(event, name) for name in SEALED[SCHEME]}
    event.hash = seal(values)
    event.mac = event_mac(key.secret, {**values, "hash": event.hash})


def _last() -> tuple[int, str]:
    """Return the number and the hash of the last event, and keep other writers waiting until the transaction ends.

    The lock is a statement of its own: the next one then sees what the writer before has committed. SQLite has one
    writer at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = AuditEvent.objects.order_by("-seq").values_list("seq", "hash").first()
    return last or (0, GENESIS)
