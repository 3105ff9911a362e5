"""An endpoint before the simulated AWS that spoils the first response to every writing call, each in another way."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import F
from django.db.models.functions import Now

from ecsdash.aws.calls import Answer, Connection
from ecsdash.operations import runner
from ecsdash.operations.models import Operation
from ecsdash.operations.states import OperationState, StepState
from tests.operations.tollgate import READS, Answered, Hold, Tollgate
from tests.processes import Sandbox
from tests.trust import garbage

LOST: Final = "no response"
KILLED_BEFORE, KILLED_AFTER = "worker killed before the call", "worker killed after the call"
RESTORED: Final = "database restored from a backup taken before the call"
FAULTS: Final = (*garbage.KINDS, LOST, KILLED_BEFORE, KILLED_AFTER, RESTORED)
TURNS: Final = 400


class Killed(BaseException):
    """The worker of this process is killed here: nothing of it runs on."""


class FaultyEndpoint(Tollgate):
    """`faults` are the operations and what happened to their first responses, in order."""

    def __init__(self, sandbox: Sandbox, rotation: int) -> None:
        super().__init__(sandbox)
        self.rotation = rotation
        self.faults: list[tuple[str, str]] = []
        self.due: dict[bytes, str] = {}
        self.kill = ""

    def take_hold(self, operation: str, request: bytes) -> Hold | None:
        """Choose what happens to a new writing call. One whose worker is killed before it is not forwarded."""
        if READS.match(operation) or request in self.due:
            return None
        fault = "" if self.rotation < 0 else FAULTS[(len(self.faults) + self.rotation) % len(FAULTS)]
        self.faults.append((operation, fault))
        self.due[request] = fault
        return self._lose(request) if fault == KILLED_BEFORE else None

    def _lose(self, request: bytes) -> Hold:
        self.kill, self.due[request] = self.due[request], ""
        hold = Hold("before")
        hold.release.set()
        return hold

    def response(self, operation: str, request: bytes, answered: Answered) -> tuple[bytes, bool]:
        fault = self.due.get(request, "")
        if not fault or answered[0] >= 400:
            return super().response(operation, request, answered)
        self.due[request] = ""
        if fault in garbage.KINDS:
            return garbage.KINDS[fault](answered), False
        self.kill = fault if fault != LOST else ""
        return b"", False


@dataclass(frozen=True)
class MortalConnection(Connection):
    """A connection of a worker that the endpoint can kill."""

    endpoint: FaultyEndpoint | None = None

    def call(self, name: str, /, **params: Any) -> Answer:
        try:
            return super().call(name, **params)
        finally:
            if self.endpoint and self.endpoint.kill:
                raise Killed


def drive(operation: Operation, endpoint: FaultyEndpoint, step_seconds: float = 20) -> Operation:
    """Run the operation to its end, by another worker after each kill, at once after each lease."""
    for turn in range(TURNS):
        if turn:
            endpoint.sandbox.step(step_seconds)
        Operation.objects.filter(pk=operation.pk, next_check_at__isnull=False).update(next_check_at=Now())
        try:
            runner.run(operation.pk)
        except Killed:
            _another_worker(operation, restored=endpoint.kill == RESTORED)
            endpoint.kill = ""
        operation.refresh_from_db()
        if not OperationState(operation.state).active:
            return operation
    raise AssertionError(f"still {operation.state} after {TURNS} turns: {list(operation.steps.values())}")


def _another_worker(operation: Operation, *, restored: bool) -> None:
    """Let the lease of the killed worker lapse. `restored`: the rows are those of an hour ago, before the call."""
    rows = Operation.objects.filter(pk=operation.pk)
    rows.update(lease_until=None)
    if restored:
        hour = timedelta(hours=1)
        rows.update(created_at=F("created_at") - hour)
        operation.steps.filter(ended_at__isnull=False).update(ended_at=F("ended_at") - hour)
        before = {"state": StepState.PENDING, "called_at": None, "started_at": None, "attempts": 0}
        operation.steps.filter(state=StepState.CALLED).update(**before)
