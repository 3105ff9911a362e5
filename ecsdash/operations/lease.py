"""Who may work on an operation. All times are the database's: workers' clocks never decide."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Now

from ecsdash.operations.models import Operation, OperationStep
from ecsdash.operations.states import OperationState


class LeaseLost(Exception):
    """The lease ran out or another worker took the operation over: stop at once and write nothing."""


def in_seconds(seconds: float) -> Combinable:
    return ExpressionWrapper(Now() + Value(timedelta(seconds=seconds)), output_field=DateTimeField())


def ready() -> Q:
    """Operations that some worker should run now."""
    free = Q(lease_until=None) | Q(lease_until__lte=Now())
    waiting_is_over = Q(state=OperationState.WAITING) & (Q(next_check_at=None) | Q(next_check_at__lte=Now()))
    return free & (Q(state=OperationState.PENDING) | Q(state=OperationState.RUNNING) | waiting_is_over)


@dataclass(frozen=True)
class Lease:
    """The right to work on one operation: valid while the row still bears this fence and the time is not over."""

    operation: Operation
    fence: int

    @classmethod
    @transaction.atomic
    def claim(cls, operation_id: uuid.UUID) -> "Lease | None":
        """None when there is nothing to do or another worker is at it. What waits does so until its next call."""
        rows = Operation.objects.filter(ready(), pk=operation_id)
        mine = {
            "fence": F("fence") + 1,
            "lease_until": in_seconds(settings.OPERATION_LEASE_SECONDS),
            "next_check_at": None,
            "started_at": Coalesce("started_at", Now()),
        }
        begins = rows.filter(state=OperationState.PENDING).update(state=OperationState.RUNNING, **mine)
        if not begins and not rows.update(**mine):
            return None
        operation = Operation.objects.select_related("account", "user").get(pk=operation_id)
        if begins:
            operation.moved()
        return cls(operation, operation.fence)

    def renew(self, state: OperationState | None = None) -> None:
        """The heartbeat, due before every call to AWS. An AWS answer is waited for at most half a lease."""
        until = in_seconds(settings.OPERATION_LEASE_SECONDS)
        self.enter(state or self.operation.state_enum, lease_until=until)

    def enter(self, state: OperationState, **values: Any) -> None:
        """As `update`; and pages hear of it when the state is another one."""
        if self.operation.state == state:
            self.update(**values)
            return
        with transaction.atomic():
            self.update(state=state, **values)
            self.operation.state = state
            self.operation.moved()

    def update(self, **values: Any) -> None:
        """Write to the operation's row, as long as it is ours. Raises LeaseLost otherwise."""
        mine = Operation.objects.filter(pk=self.operation.pk, fence=self.fence, lease_until__gt=Now())
        if not mine.update(**values):
            raise LeaseLost(str(self.operation.pk))

    def update_step(self, step: OperationStep, **values: Any) -> None:
        """Write to a step's row (and to the object), as long as the operation is ours. Raises LeaseLost otherwise."""
        mine = OperationStep.objects.filter(pk=step.pk, operation__fence=self.fence, operation__lease_until__gt=Now())
        plain = {name: value for name, value in values.items() if not isinstance(value, Combinable)}
        with transaction.atomic():
            if not mine.update(**values):
                raise LeaseLost(str(self.operation.pk))
            if plain != values or any(getattr(step, name) != value for name, value in plain.items()):
                self.operation.stepped()
        for name, value in plain.items():
            setattr(step, name, value)
