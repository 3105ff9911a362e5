"""Kill the worker at every step of an operation: before and after each writing call, and during waits."""

import time
from dataclasses import dataclass, field

from django.db.models.functions import Now

from ecsdash.operations import jobs
from ecsdash.operations.models import Operation
from ecsdash.operations.states import OperationState, StepState
from tests.operations.tollgate import Hold, Tollgate, When
from tests.processes import Worker, until

ROUNDS = 200


@dataclass
class Killer:
    """Kills the workers of one operation; with `only`, only at this call.

    `kills` records each kill: "before CreateCluster", "after CreateCluster", "waiting for step-key".
    """

    worker: Worker
    gate: Tollgate
    operation: Operation
    only: str = ""
    kills: list[str] = field(default_factory=list)
    waited: set[str] = field(default_factory=set)
    hinted: float = 0

    def finish(self) -> Operation:
        """Run the operation to its end, killing each worker at the next new call or wait."""
        for turn in range(ROUNDS):
            when: When = "after" if turn % 2 else "before"
            if self._until_killed(when):
                continue
            return self.operation
        raise AssertionError(f"not ended after {ROUNDS} kills: {self.kills}")

    def _until_killed(self, when: When) -> bool:
        """Start a worker and kill it at the next new call or wait. Return False if the operation ended first."""
        hold = self.gate.hold = Hold(when, self.only)
        self.worker.start()
        try:
            until(lambda: self._hint() or hold.reached.is_set() or self._new_wait() != "" or self._ended(), 90)
        except AssertionError as stuck:
            raise AssertionError(f"{stuck}; killed so far: {self.kills}; {self._where()}") from stuck
        if self._ended():
            self.worker.kill()
            return False
        self.kills.append(f"{when} {hold.operation}" if hold.reached.is_set() else f"waiting for {self._new_wait()}")
        self.waited.add(self._new_wait())
        self.worker.kill()
        hold.release.set()
        self._hasten()
        return True

    def _hasten(self) -> None:
        """Expire the lease of a dead worker, except the first one, which must expire by itself."""
        self.hinted = 0
        if len(self.kills) > 1:
            held = Operation.objects.filter(pk=self.operation.pk)
            held.filter(lease_until__isnull=False).update(lease_until=Now())
            held.filter(next_check_at__isnull=False).update(next_check_at=Now())

    def _hint(self) -> bool:
        """Enqueue overdue operations once a second, as beat does."""
        if time.monotonic() - self.hinted > 1:
            jobs.sweep()
            self.hinted = time.monotonic()
        return False

    def _where(self) -> str:
        """Return the progress, for the message of a failed test."""
        steps = [f"{step.key} {step.state} {step.message}" for step in self.operation.steps.all()]
        return f"{self.operation.state}, writes {self.gate.writes}, steps {steps}"

    def _ended(self) -> bool:
        self.operation.refresh_from_db()
        return not OperationState(self.operation.state).active

    def _new_wait(self) -> str:
        """Return the key of a waiting step in whose wait no worker was killed yet."""
        if self.only:
            return ""
        waiting = self.operation.steps.filter(state=StepState.WAITING).values_list("key", flat=True)
        return next((key for key in waiting if key not in self.waited), "")
