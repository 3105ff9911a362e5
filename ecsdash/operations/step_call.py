"""One call of a step, made so that it takes effect exactly once, however often it has to be repeated."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import structlog
from django.db.models.functions import Now

from ecsdash.aws import sending
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AwsError, Conflict, Invalid, NotAnAnswer
from ecsdash.operations import authority
from ecsdash.operations.authority import created_by_earlier
from ecsdash.operations.hooks import ADJUSTMENTS, DOUBLES, LOOKUPS, read
from ecsdash.operations.lease import Lease
from ecsdash.operations.models import Operation, OperationStep
from ecsdash.operations.plan import Plan, Repeat, Step
from ecsdash.operations.refs import TOLERATED, UnresolvedReference, paths, ref, resolve
from ecsdash.operations.states import OperationState, StepState
from ecsdash.web import clock

#: A step begins at most so long after the last event of its operation, unless the database was restored from a backup
#: (then its call may have been made although no row says so) or the operation had to wait.
CURRENT_SECONDS: Final = 60
log = structlog.get_logger(__name__)


class Refused(Exception):
    """The person of the operation may not let the call be made."""


@dataclass
class StepCall:
    """The call of one step, in an operation that this worker has a lease on."""

    operation: Operation
    plan: Plan
    lease: Lease
    aws: Aws
    steps: list[OperationStep]
    row: OperationStep
    step: Step

    def make(self) -> None:
        """Make the call unless its effect is there already, and store the answer. Raise Refused, or an AwsError.

        `called_at` stays set after a call that may have taken effect, and is reset after one that surely did not.
        """
        self._authorise()
        results = self._results()
        if self.step.find:
            found = self._find_other()
            if found is None:
                self._store({}, "")
                return
            results |= {"found": found}
        params = resolve(self.step.params, results, str(self.row.pk))
        if self.step.repeat is Repeat.TOKEN:
            params[self.step.token_param] = str(self.row.pk)
        repeated = self._may_have_been_made()
        if repeated and (effect := self._effect(params)) is not None:
            self._take_back_doubles(params, effect)
            self._store(effect, "")
            return
        if self.step.adjust and self.row.error.get("code") in self.step.retry_on:
            self.lease.renew()
            params = read(ADJUSTMENTS[self.step.adjust], self.aws, params)
        self._send(params, repeated=repeated)

    def _send(self, params: dict[str, Any], *, repeated: bool) -> None:
        row, step = self.row, self.step
        self.lease.renew(OperationState.RUNNING)
        before = {"attempts": row.attempts, "called_at": row.called_at}
        self.lease.update_step(row, state=StepState.CALLED, attempts=row.attempts + 1, called_at=clock.now())
        try:
            with sending.only_while(self.lease.has_time_for_a_call):
                answer = self.aws.call(step.call, **params)
        except AwsError as error:
            self._handle(error, params, before)
            return
        if lacking := list(missing(self.plan, step.key, answer.data)):
            raise NotAnAnswer(f"{lacking[0]} is missing in the response.", call=step.call)
        if repeated:
            self._take_back_doubles(params, answer.data)
        self._store(answer.data, answer.request_id)

    def _handle(self, error: AwsError, params: dict[str, Any], before: dict[str, Any]) -> None:
        """Store the effect if the error says that it is there; else raise the error.

        AWS refuses to create what exists: it may be this step's own, from a call of which no row says anything.
        """
        exists = isinstance(error, Conflict | Invalid)
        if exists and (effect := self._effect(params)) is not None:
            self._store(effect, error.request_id)
        elif error.code in self.step.tolerate:
            own = before["called_at"] is not None and self.step.repeat is not Repeat.LOOKUP  # by an earlier try
            if not own:
                self._authorise(exists=True)
            self._store({} if own else {TOLERATED: error.code}, error.request_id)
        else:
            self._unmark(error, before)
            raise error

    def _may_have_been_made(self) -> bool:
        """Return whether an earlier try may have taken effect."""
        if self.row.called_at:
            return True
        events = [self.operation.created_at, *(each.ended_at for each in self.steps)]
        last = max(event for event in events if event is not None)
        return clock.now() - last > timedelta(seconds=CURRENT_SECONDS)

    def _effect(self, params: dict[str, Any]) -> dict[str, Any] | None:
        """Return what the call would have returned if its effect is there already."""
        if self.step.repeat is not Repeat.LOOKUP:
            return None
        self.lease.renew()
        found: dict[str, Any] | None = read(LOOKUPS[self.step.lookup], self.aws, params, str(self.row.pk))
        return found

    def _find_other(self) -> dict[str, Any] | None:
        """Return what the step of another operation created, None if it is not there."""
        self.lease.renew()
        find = self.step.find
        found: dict[str, Any] | None = read(LOOKUPS[find["lookup"]], self.aws, find["params"], find["step"])
        return found

    def _take_back_doubles(self, params: dict[str, Any], kept: dict[str, Any]) -> None:
        """Take back what an earlier try of this call has created beside `kept`."""
        if not self.step.doubles:
            return
        self.lease.renew()
        for undo in read(DOUBLES[self.step.doubles], self.aws, params, str(self.row.pk), kept):
            call = replace(self.step, call=self.step.takes_back, params=undo)
            refusal = authority.refusal(self.operation, call, self._own(made=True))
            log.warning("double_found", operation=str(self.operation.pk), step=self.step.key, refusal=refusal)
            if not refusal:
                self.lease.renew()
                with sending.only_while(self.lease.has_time_for_a_call):
                    answer = self.aws.call(call.call, **undo)
                own = {"attempts": self.row.attempts + 1, "request_ids": [*self.row.request_ids, answer.request_id]}
                self.lease.update_step(self.row, **own)  # so that it is not taken for a change made elsewhere

    def _authorise(self, *, exists: bool = False) -> None:
        """Raise Refused before a call that the person may not make any more. `exists`: what it creates was there."""
        made = self.row.called_at is not None and not exists  # an earlier try of this call may have created it
        refusal = authority.refusal(self.operation, self.step, self._own(made=made), exists=exists)
        if refusal:
            raise Refused(refusal)

    def _own(self, *, made: bool) -> set[tuple[str, str]]:
        """Return what the operation has created; `made`: this step's call as well."""
        earlier = {each.key: each.answered and TOLERATED not in each.result for each in self.steps}
        if made:
            earlier[self.row.key] = True
        return created_by_earlier(self.plan, earlier)

    def _unmark(self, error: AwsError, before: dict[str, Any]) -> None:
        """Reset what was stored before a call that had no effect."""
        if not error.sent:
            self.lease.update_step(self.row, **before)
        elif not error.ambiguous:
            self.lease.update_step(self.row, called_at=before["called_at"])

    def _store(self, result: dict[str, Any], request_id: str) -> None:
        """Store that the call took effect, which ends the step unless it waits for something."""
        ids = [*self.row.request_ids, request_id] if request_id else self.row.request_ids
        end = {} if self.step.until else {"state": StepState.SUCCEEDED, "ended_at": Now()}
        self.lease.update_step(self.row, answered=True, result=result, request_ids=ids, message="", error={}, **end)

    def _results(self) -> dict[str, dict[str, Any]]:
        return {each.key: each.result for each in self.steps}


def missing(plan: Plan, key: str, result: dict[str, Any]) -> Iterator[str]:
    """Yield the references of the plan to the result of the step `key` that the result does not hold."""
    readers = [(step.params, step.until_params) for step in plan.steps]
    for path in paths([readers, [output.value for output in plan.outputs]]):
        if path.partition(".")[0] == key:
            try:
                resolve(ref(path), {key: result}, "")
            except UnresolvedReference:
                yield path
