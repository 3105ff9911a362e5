"""The lease of an operation: which worker may run it. All times are the database's, never those of workers."""

import time
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
from ecsdash.web import clock, process_counters

RENEW_AFTER = 0.1  # of a lease's duration: an AWS call takes at most 18 of its 30 seconds
SEND_WITHIN = 0.4  # of a lease's duration: the answer to what is sent later could come after the lease


class LeaseLost(Exception):
    """The lease expired or another worker took the operation over: stop at once and write nothing."""


def in_seconds(seconds: float) -> Combinable:
    return ExpressionWrapper(Now() + Value(timedelta(seconds=seconds)), output_field=DateTimeField())


def ready() -> Q:
    """The operations that a worker should run now."""
    free = Q(lease_until=None) | Q(lease_until__lte=Now())
    waiting_is_over = Q(state=OperationState.WAITING) & (Q(next_check_at=None) | Q(next_check_at__lte=Now()))
    return free & (Q(state=OperationState.PENDING) | Q(state=OperationState.RUNNING) | waiting_is_over)


@dataclass
class Lease:
    """The right to run one operation: valid while the row has this fence and the lease has not expired."""

    operation: Operation
    fence: int
    renewed_at: float  # seconds of this process's monotonic clock, before the row was updated

    @classmethod
    @transaction.atomic
    def claim(cls, operation_id: uuid.UUID, released_fence: int | None = None) -> "Lease | None":
        """Claim the operation. Return None when there is nothing to do or another worker has it.

        `released_fence` is the fence of a worker that lost the database and runs it no more: its lease need not expire.
        """
        began = time.monotonic()
        released = Q(fence=released_fence, state__in=[OperationState.RUNNING, OperationState.WAITING])
        rows = Operation.objects.filter(ready() if released_fence is None else ready() | released, pk=operation_id)
        mine = {
            "fence": F("fence") + 1,
            "lease_until": in_seconds(settings.OPERATION_LEASE_SECONDS),
            "next_check_at": None,
            "started_at": Coalesce("started_at", Now()),
        }
        begins = rows.filter(state=OperationState.PENDING).update(state=OperationState.RUNNING, **mine)
        if not begins and not rows.update(**mine):
            return None
        operation = Operation.objects.select_related("account", "user", "retried_by").get(pk=operation_id)
        if begins:
            operation.publish_state_change(OperationState.RUNNING)
        return cls(operation, operation.fence, began)

    def renew(self, state: OperationState | None = None) -> None:
        """Renew the lease unless that was just done: due before every call to AWS. Every write verifies the lease."""
        state = state or self.operation.state_enum
        fresh = time.monotonic() - self.renewed_at < RENEW_AFTER * settings.OPERATION_LEASE_SECONDS
        if fresh and self.operation.state == state:
            return
        began = time.monotonic()
        self.enter(state, lease_until=in_seconds(settings.OPERATION_LEASE_SECONDS))
        self.renewed_at = began

    def has_time_for_a_call(self) -> bool:
        """Return whether a call that is sent now ends before the lease. The process may have been stopped meanwhile."""
        return time.monotonic() - self.renewed_at < SEND_WITHIN * settings.OPERATION_LEASE_SECONDS

    def release(self) -> None:
        """Let another worker continue at once."""
        self.update(lease_until=None)

    def enter(self, state: OperationState, **values: Any) -> None:
        """Update, and publish the state to pages when it is another one."""
        if self.operation.state == state:
            self.update(**values)
            return
        with transaction.atomic():
            self.update(state=state, **values)
            self.operation.state = state
            self.operation.publish_state_change(state)

    def update(self, **values: Any) -> None:
        """Write to the operation's row while the lease is ours. Raise LeaseLost otherwise."""
        mine = Operation.objects.filter(pk=self.operation.pk, fence=self.fence, lease_until__gt=Now())
        if not mine.update(**values):
            raise self._lost()

    def update_step(self, step: OperationStep, **values: Any) -> None:
        """Write to a step's row, and to the object, while the lease is ours. Raise LeaseLost otherwise.

        The first write of a step also stores its start.
        """
        if step.started_at is None:
            values.setdefault("started_at", clock.now())
        mine = OperationStep.objects.filter(pk=step.pk, operation__fence=self.fence, operation__lease_until__gt=Now())
        plain = {name: value for name, value in values.items() if not isinstance(value, Combinable)}
        with transaction.atomic():
            if not mine.update(**values):
                raise self._lost()
            if plain != values or any(getattr(step, name) != value for name, value in plain.items()):
                self.operation.publish_step_change()
        for name, value in plain.items():
            setattr(step, name, value)

    def _lost(self) -> LeaseLost:
        process_counters.add("ecsdash_lease_losses")
        return LeaseLost(str(self.operation.pk))
