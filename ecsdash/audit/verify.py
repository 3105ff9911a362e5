"""Verification of the audit trail in the database, against checkpoints in and outside it."""

from collections.abc import Iterator
from typing import Any, Final

from ecsdash.audit import checkpoints
from ecsdash.audit.keys import all_keys
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.verifier import FIELDS, Verification

BATCH: Final = 2000


def verify(*, first: int = 1) -> Verification:
    """Verify the events from number `first` on. Checkpoints are read before events, so they never count more."""
    outside = list(checkpoints.outside())
    signed = [*checkpoints.rows(), *(row for _, rows, _ in outside for row in rows)]
    before = AuditEvent.objects.filter(seq=first - 1).values_list("hash", flat=True).first() or ""
    verification = Verification(all_keys(), signed, first=first, last_hash=before)
    for address, _, error in outside:
        if error:
            verification.add(0, "checkpoint", f"the checkpoints in {address} were not compared: {error}")
    for event in rows(first):
        verification.take(event)
    verification.finish()
    return verification


def event_is_sealed(event: AuditEvent) -> bool:
    """Whether this event is unchanged and follows the previous event. Other events are not verified."""
    before = AuditEvent.objects.filter(seq=event.seq - 1).values_list("hash", flat=True).first() or ""
    verification = Verification(all_keys(), first=event.seq, last_hash=before)
    verification.take({name: getattr(event, name) for name in FIELDS})
    return verification.intact


def rows(first: int = 1, last: int | None = None) -> Iterator[dict[str, Any]]:
    """Return the fields of the events from number `first` to `last`, in order."""
    events = AuditEvent.objects.order_by("seq").values_list(*FIELDS)
    if last is not None:
        events = events.filter(seq__lte=last)
    while batch := list(events.filter(seq__gte=first)[:BATCH]):
        for row in batch:
            yield dict(zip(FIELDS, row, strict=True))
        first = batch[-1][FIELDS.index("seq")] + 1
