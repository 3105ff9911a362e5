"""External changes that pages show."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.audit.models import AuditEvent
from ecsdash.external_changes.codes import EXTERNAL
from ecsdash.external_changes.models import NOUN, ExternalChange, ReadPosition
from ecsdash.external_changes.reverting import RevertAction, revert_action, revert_operations, why_not
from ecsdash.inventory.models import SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.operations.models import Operation
from ecsdash.operations.states import OperationState

#: How long a change that nobody decided about stays on the pages of its resource.
NOTICED_FOR: Final = timedelta(days=7)
LISTED: Final = 5


@dataclass(frozen=True)
class Notice:
    """A change, the action that reverts it, or why there is none, and the newest operation that reverts it."""

    change: ExternalChange
    action: RevertAction | None
    why_not: str
    operation: Operation | None
    may_keep: bool

    @property
    def reverted(self) -> bool:
        succeeded = self.operation is not None and self.operation.state == OperationState.SUCCEEDED
        return succeeded or self.change.state == ExternalChange.State.REVERTED

    @property
    def reverting(self) -> bool:
        return self.operation is not None and self.operation.state_enum.active

    @property
    def decided(self) -> bool:
        return self.reverted or self.change.state != ExternalChange.State.OPEN


@dataclass(frozen=True)
class Reading:
    """How current the external changes of a scope are; `problem` says why they are not read."""

    read_at: datetime | None
    problem: str


def external_changes(user: Any, scope: Scope) -> QuerySet[ExternalChange]:
    rows = ExternalChange.objects.visible_to(user).in_scope(scope.account, scope.region)
    return rows.exclude(state=ExternalChange.State.PENDING).select_related("account")


def notices(user: Any, scope: Scope, condition: Q) -> list[Notice]:
    """Return the newest changes that nobody decided about."""
    since = timezone.now() - NOTICED_FOR
    rows = external_changes(user, scope).filter(condition, state=ExternalChange.State.OPEN, happened_at__gte=since)
    found = notices_of(user, list(rows.order_by("-happened_at", "-pk")[: 4 * LISTED]))
    return [each for each in found if not each.decided][:LISTED]


def notices_of(user: Any, changes: Collection[ExternalChange]) -> list[Notice]:
    operations = revert_operations(changes)
    return [
        Notice(change, revert_action(change), why_not(change), operations.get(change.name), may_keep(user, change))
        for change in changes
    ]


def may_keep(user: Any, change: ExternalChange) -> bool:
    """Whether the user may decide to keep the change: the permission to change its place is needed."""
    permission = Permission.DEPLOY if change.service_name else Permission.OPERATE
    return policy.can(user, permission, change.access_target())


def reading(scope: Scope) -> Reading:
    position = ReadPosition.objects.filter(account=scope.account, region=scope.region).first()
    state = SweepState.objects.filter(account=scope.account, region=scope.region, noun=NOUN).first()
    failed = f"{state.error_code}: {state.error}" if state and state.error else ""
    return Reading(state.completed_at if state else None, (position.problem if position else "") or failed)


def pages(user: Any, events: Iterable[AuditEvent]) -> dict[int, str]:
    """Return the addresses of the changes that these audit events record, by the number of the event."""
    wanted = [event.seq for event in events if event.action == EXTERNAL]
    rows = ExternalChange.objects.visible_to(user).filter(audit_seq__in=wanted).select_related("account")
    return {row.audit_seq: row.get_absolute_url() for row in rows} if wanted else {}
