"""Signed checkpoints of the trail: written on a timer, kept in the database, in the log and outside of both."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from ecsdash.audit.keys import all_keys, signing_key
from ecsdash.audit.models import AuditEvent, Checkpoint
from ecsdash.audit.sinks import sinks
from ecsdash.audit.sinks.base import Row, SinkError
from ecsdash.audit.verifier import CHECKPOINT, FIELDS, GENESIS, Verification, canonical, checkpoint_mac

#: An unchanged trail gets a checkpoint this often, so that an old one says that nothing was checked since.
AT_LEAST_EVERY: Final = timedelta(hours=1)
BATCH: Final = 1000
COLUMNS: Final = (*CHECKPOINT, "mac")
log = structlog.get_logger(__name__)


def take() -> Checkpoint | None:
    """Sign a checkpoint and return it; None when there is nothing new, or when the trail contradicts the last one."""
    last = Checkpoint.objects.order_by("-number").first()
    count, last_hash = newest_event()
    recent = last is not None and last.at > timezone.now() - AT_LEAST_EVERY
    if not (last or count) or (recent and last and last.count == count):
        return None
    if problem := contradiction():
        log.error("audit_trail_contradicts_checkpoint", problem=problem)
        return None
    key = signing_key()
    checkpoint = Checkpoint(
        number=last.number + 1 if last else 1,
        count=count,
        last_hash=last_hash,
        at=timezone.now(),
        previous=last.mac if last else "",
        key_id=key.id,
    )
    checkpoint.mac = checkpoint_mac(key.secret, _row(checkpoint))
    try:
        with transaction.atomic():
            checkpoint.save(force_insert=True)
    except IntegrityError:
        return None  # another process was faster
    log.info("audit_checkpoint", checkpoint=canonical(_row(checkpoint)))
    return checkpoint


def contradiction() -> str:
    """Return what is wrong between the last checkpoint, the event that it names and the last event; empty if nothing.

    It reads three rows. `audit_verify` reads all of them.
    """
    last = Checkpoint.objects.order_by("-number").first()
    verification = Verification(all_keys(), [_row(last)] if last else [])
    ends = sorted({last.count if last else 0, newest_event()[0]} - {0})
    events = {event["seq"]: event for event in AuditEvent.objects.filter(seq__in=ends).values(*FIELDS)}
    for seq in filter(events.get, ends):
        verification.last, verification.last_hash = seq - 1, events[seq]["prev_hash"]
        verification.take(events[seq])
    if missing := [seq for seq in ends if seq not in events]:
        verification.add(missing[0], "deleted", f"event {missing[0]}, which a checkpoint names, is missing")
    return verification.findings[0].text if verification.findings else ""


def newest_event() -> tuple[int, str]:
    """Return the number and the hash of the last event."""
    return AuditEvent.objects.order_by("-seq").values_list("seq", "hash").first() or (0, GENESIS)


def newest_number() -> int:
    return Checkpoint.objects.order_by("-number").values_list("number", flat=True).first() or 0


def rows(first: int = 1) -> Iterator[Row]:
    """Return the checkpoints in the database from this number on, in order."""
    stored = Checkpoint.objects.order_by("number").values(*COLUMNS)
    while batch := list(stored.filter(number__gte=first)[:BATCH]):
        yield from batch
        first = batch[-1]["number"] + 1


def outside() -> Iterator[tuple[str, list[Row], str]]:
    """Return for each sink of checkpoints its address, its checkpoints, and why they cannot be read."""
    for sink in sinks(settings.AUDIT_CHECKPOINTS):
        try:
            yield sink.address, sink.checkpoints(), ""
        except SinkError as error:
            yield sink.address, [], str(error)


def _row(checkpoint: Checkpoint) -> Row:
    return {name: getattr(checkpoint, name) for name in COLUMNS}
