"""Verification of the hash chain: finds events that were changed, moved, inserted or deleted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.db.models import Subquery

from ecsdash.audit.chain import GENESIS, SEALED, seal
from ecsdash.audit.models import AuditEvent, ChainHead

BATCH: Final = 2000
MOST_FINDINGS: Final = 20
PREV_HASH: Final = SEALED.index("prev_hash")


@dataclass(frozen=True)
class Finding:
    seq: int
    kind: Literal["edited", "moved", "relinked", "deleted", "inserted", "truncated", "head", "anchor"]
    text: str


@dataclass
class Report:
    """Result of a verification of the events `first` to `last`."""

    first: int = 1
    last: int = 0
    checked: int = 0
    last_hash: str = GENESIS
    findings: list[Finding] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.findings

    def add(self, seq: int, kind: Any, text: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(seq, kind, text))


def verify(*, first: int = 1, anchors: dict[int, str] | None = None) -> Report:
    """Verify the events from number `first` to the head. `anchors` maps event numbers to hashes recorded in the log."""
    head = ChainHead.objects.filter(pk=1).first() or ChainHead(count=0, last_hash="")
    report = Report(first=first, last=head.count)
    _walk(report, anchors or {})
    if report.checked and report.last_hash != head.last_hash and report.intact:
        report.add(head.count, "head", "the last event does not match the head of the chain")
    _after_the_head(report)
    return report


def event_is_sealed(event: AuditEvent) -> bool:
    """Whether this event is unchanged and follows the previous event. Other events are not verified."""
    before = AuditEvent.objects.filter(seq=event.seq - 1).values_list("hash", flat=True).first()
    linked = event.prev_hash == (GENESIS if event.seq == 1 else before)
    return linked and event.hash == seal(getattr(event, name) for name in SEALED)


def _walk(report: Report, anchors: dict[int, str]) -> None:
    seq = report.first - 1
    if seq:
        report.last_hash = AuditEvent.objects.filter(seq=seq).values_list("hash", flat=True).first() or ""
    for *values, stored_hash in _rows(report.first, report.last):
        if values[0] != seq + 1:
            report.add(seq + 1, "deleted", f"events {seq + 1} to {values[0] - 1} are missing")
        else:
            _check(report, values, stored_hash)
        seq, report.last_hash = values[0], stored_hash
        report.checked += 1
        if anchors.get(seq, stored_hash) != stored_hash:
            report.add(seq, "anchor", f"event {seq} differs from the one recorded in the log")
    for missing in sorted(number for number in anchors if number > seq):
        report.add(missing, "anchor", f"event {missing}, which is recorded in the log, is missing")
    if seq < report.last:
        report.add(seq + 1, "truncated", f"the head counts {report.last} events, but the last event is {seq}")


def _check(report: Report, values: list[Any], stored_hash: str) -> None:
    seq = values[0]
    linked, sealed = values[PREV_HASH] == report.last_hash, seal(values) == stored_hash
    if linked and not sealed:
        report.add(seq, "edited", f"event {seq} was changed after it was recorded")
    elif sealed and not linked:
        report.add(seq, "relinked", f"event {seq} does not follow event {seq - 1}, which was replaced or inserted")
    elif not sealed:
        report.add(seq, "moved", f"event {seq} was moved from another position")


def _rows(first: int, last: int) -> Iterator[tuple[Any, ...]]:
    events = AuditEvent.objects.order_by("seq").values_list(*SEALED, "hash")
    while batch := list(events.filter(seq__gte=first, seq__lte=last)[:BATCH]):
        yield from batch
        first = batch[-1][0] + 1


def _after_the_head(report: Report) -> None:
    """Report events beyond the head. One statement, so that an event written at the same time is not reported."""
    count = Subquery(ChainHead.objects.filter(pk=1).values("count")[:1])
    beyond = AuditEvent.objects.order_by("seq").filter(seq__gt=count)
    without_head = AuditEvent.objects.order_by("seq") if not ChainHead.objects.exists() else beyond
    for seq in without_head.values_list("seq", flat=True)[:1]:
        report.add(seq, "inserted", f"event {seq} is beyond the end of the chain")
