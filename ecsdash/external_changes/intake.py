"""Decide what pending rows are, and record external changes in the audit trail, once for each event of CloudTrail."""

from collections.abc import Iterable
from typing import Any, Final

import structlog
from django.db import transaction

from ecsdash.audit.record import record
from ecsdash.external_changes import own_calls
from ecsdash.external_changes.codes import EXTERNAL
from ecsdash.external_changes.models import NOUN, ExternalChange
from ecsdash.external_changes.reverting import revert_operations
from ecsdash.external_changes.subjects import Subject, subject_of
from ecsdash.inventory import changes, store
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps import schedule
from ecsdash.masking import mask
from ecsdash.operations.states import OperationState
from ecsdash.web.differences import differences

#: Operations that change something that exists.
CHANGING: Final = ("Update", "Modify", "Put", "Set", "Tag", "Untag")
LONGEST_WORDS: Final = 200
log = structlog.get_logger(__name__)


def store_records(scope: Scope, records: Iterable[Record]) -> None:
    """Store events that are not known yet and are not known to be ours, and decide what all pending ones are."""
    found = {record.arn: record for record in records}
    known = set(ExternalChange.objects.filter(arn__in=list(found)).values_list("arn", flat=True))
    new = [record for arn, record in found.items() if arn not in known]
    if new:
        ours = own_calls.OwnCalls(scope).load().request_ids
        store.upsert(ExternalChange, scope, [each for each in new if each.columns["request_id"] not in ours], NOUN)
    decide(scope)


def decide(scope: Scope) -> None:
    """Record the pending calls that are not ours, in the order in which they were made; forget those that are ours."""
    pending = _pending(scope).order_by("happened_at", "pk")
    if not pending.exists():
        return
    own = own_calls.OwnCalls(scope).load()
    touched: set[str] = set()
    for change in pending.select_related("account"):
        try:
            ours = own.include(change)
        except own_calls.Undecided:
            continue
        if ours:
            _pending(scope).filter(pk=change.pk).delete()
        else:
            touched.update(_accept(scope, change.pk))
    if touched:
        schedule.sweep_at_once(scope.account, scope.region, touched)


def mark_reverted(scope: Scope) -> None:
    """Mark the open changes that an operation has reverted."""
    rows = ExternalChange.objects.in_scope(scope.account, scope.region).filter(state=ExternalChange.State.OPEN)
    done = revert_operations(list(rows.only("name")), state=OperationState.SUCCEEDED)
    if rows.filter(name__in=done).update(state=ExternalChange.State.REVERTED):
        changes.bump(scope.account, scope.region, NOUN)


def _pending(scope: Scope) -> Any:
    return ExternalChange.objects.in_scope(scope.account, scope.region).filter(state=ExternalChange.State.PENDING)


def _accept(scope: Scope, pk: int) -> tuple[str, ...]:
    """Make a pending row an external change, with its audit event. Return the nouns to sweep."""
    with transaction.atomic():
        change = _pending(scope).select_for_update(of=("self",)).select_related("account").filter(pk=pk).first()
        if change is None:
            return ()  # another process was faster
        subject = subject_of(change)
        _describe(change, subject)
        change.audit_seq = _audit(change).seq
        change.state = ExternalChange.State.OPEN
        change.save()
        changes.bump(scope.account, scope.region, NOUN)
    log.info("external_change", call=change.call, resource=change.resource_name, person=change.person)
    return subject.touches


def _describe(change: ExternalChange, subject: Subject) -> None:
    rows = [{"path": each.path, "before": each.before, "after": each.after} for each in subject.differences()]
    change.resource_type, change.resource_arn = subject.resource_type, subject.arn[:600]
    change.resource_name = subject.name[:300]
    change.cluster_name, change.service_name = subject.place.cluster, subject.place.service
    change.changes = mask(store.plain(rows))
    change.former = mask(store.plain(subject.before))
    change.summary = summary_of(change)


def summary_of(change: ExternalChange) -> str:
    """Return `UpdateService web: desired count 2 → 5`, `desired count 5` where the settings before are not known.

    What is new has its name only.
    """
    title = f"{change.operation_name} {change.resource_name}".strip()
    rows = [row for each in change.changes for row in differences(each["path"], each["before"], each["after"])]
    if not rows or not (any(row.before for row in rows) or change.operation_name.startswith(CHANGING)):
        return title
    first = next((row for row in rows if row.before), rows[0])
    known = change.former or first.before
    words = f"{first.before or 'none'} → {first.after or 'none'}" if known else first.after
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{title}: {first.path} {words[:LONGEST_WORDS]}{more}"


def _audit(change: ExternalChange) -> Any:
    return record(
        actor=None,
        actor_name=change.person,
        action=EXTERNAL,
        source_ip=change.source_ip,
        **change.audited_place(),
        changes=change.changes,
        detail={
            "summary": change.summary,
            "call": change.call,
            "event_id": change.name,
            "happened_at": change.happened_at.isoformat(),
            "source": change.source,
            "identity": change.description.get("userIdentity", {}),
            "user_agent": change.user_agent,
            "invoked_by": change.description.get("invokedBy", ""),
        },
        request_ids=[change.request_id] if change.request_id else [],
    )
