"""Execute plans, step by step: nothing else does. A worker never sleeps here: where it must wait, it stores when to
continue and returns."""

import math
import time
import uuid
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models.functions import Now
from structlog.contextvars import bound_contextvars

from ecsdash import tracing
from ecsdash.aws.buckets import Priority, calling
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AwsError, NotFound
from ecsdash.inventory.sweeps import schedule
from ecsdash.masking import mask, without_values
from ecsdash.operations import authority, history, redaction, retry, waits
from ecsdash.operations.hooks import CONDITIONS, read
from ecsdash.operations.item_runs import ItemRun, ItemRuns, Pair
from ecsdash.operations.lease import Lease, LeaseLost, in_seconds
from ecsdash.operations.models import Operation, OperationStep
from ecsdash.operations.plan import Plan, Step
from ecsdash.operations.refs import resolve
from ecsdash.operations.states import OperationState, StepState
from ecsdash.operations.step_call import Refused, StepCall
from ecsdash.outages import DATABASE_ERRORS
from ecsdash.stopping import Stopped, check
from ecsdash.web import clock

SWEEP_AGAIN_SECONDS = schedule.IN_PROGRESS_SECONDS / 4
BUCKET_WAIT_SECONDS = 0.5  # a call that must wait longer for its request bucket frees the worker
log = structlog.get_logger(__name__)


class Pause(Exception):
    """Continue after `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class DatabaseLost(Exception):
    """Our own database was not available: nothing runs the operation now. `released_fence`: see Lease.claim."""

    def __init__(self, released_fence: int | None) -> None:
        self.released_fence = released_fence


class Stop(Exception):
    """The operation ends in `state`; `error` is the value of Operation.error."""

    def __init__(self, state: OperationState, error: dict[str, Any]) -> None:
        self.state, self.error = state, error


def run(operation_id: uuid.UUID, released_fence: int | None = None) -> float | None:
    """Run the operation as far as possible now. Return the seconds after which to continue, None for never.

    Raise DatabaseLost. `released_fence` is that of the DatabaseLost of the last run, if it ended so.
    """
    lease = None
    try:
        lease = Lease.claim(operation_id, released_fence)
        return _run_logged(lease) if lease else None
    except DATABASE_ERRORS as error:
        log.warning("database_lost", operation=str(operation_id), error=type(error).__name__)
        raise DatabaseLost(lease.fence if lease else released_fence) from error


def _run_logged(lease: Lease) -> float | None:
    """Run, with the IDs of the operation and of the request that started it in every log line."""
    operation = lease.operation
    name, key = f"operation {operation.action}", str(operation.pk)
    with (
        bound_contextvars(operation=key, request_id=operation.request_id),
        tracing.span(name, operation.request_id, ecsdash__operation=key, ecsdash__request_id=operation.request_id),
    ):
        return _run(lease)


def _run(lease: Lease) -> float | None:
    operation = lease.operation
    try:
        with calling(Priority.INTERACTIVE, patience=BUCKET_WAIT_SECONDS):
            OperationRun(operation, lease).run()
    except Pause as pause:
        lease.enter(OperationState.WAITING, lease_until=None, next_check_at=in_seconds(pause.seconds))
        return pause.seconds
    except Stopped:
        with suppress(LeaseLost):
            lease.release()
        return 0.0
    except LeaseLost:
        log.warning("lease_lost", fence=lease.fence)
    except DATABASE_ERRORS:
        raise
    except Exception as error:
        log.exception("operation_crashed")
        _record_crash(operation, lease, error)
    return None


class OperationRun:
    """The work of one worker on one operation, from its claim until it must wait or the operation ends."""

    def __init__(self, operation: Operation, lease: Lease) -> None:
        self.operation, self.lease = operation, lease
        self.plan: Plan = operation.plan
        self.aws: Aws = operation.account.writer(operation.region, operation.acting_user)
        self.steps = list(operation.steps.order_by("position"))
        self.next_sweep_at = 0.0

    def run(self) -> None:
        pairs = list(zip(self.steps, self.plan.steps, strict=True))
        due = [(row, step) for row, step in pairs if row.state != StepState.SUCCEEDED and not step.item]
        try:
            self._take(due, claimed=True)
            state, error = self._take_items(ItemRuns.of(self.plan, pairs))
        except Stop as stop:
            state, error = stop.state, stop.error
        self._end(state, error)

    def _take(self, due: list[Pair], *, claimed: bool = False) -> None:
        """Take the steps one after the other. Raise Pause or Stop. `claimed`: the operation was claimed just now."""
        for number, (row, step) in enumerate(due):
            check()
            by = self.operation.cancel_requested_by if claimed and not number else self._cancelled_by()
            if by and step.skipped_when_cancelled:
                self._skip(row, by)
                continue
            self._stop_if_cancelled(row, by)
            self._sweep_while_running()
            self._advance(row, step)

    def _take_items(self, runs: ItemRuns) -> tuple[OperationState, dict[str, Any]]:
        """Take each item as far as possible now. Return the end of the operation. Raise Pause while an item waits."""
        pauses = []
        for each in runs.to_take():
            try:
                self._take(each.due)
            except Pause as pause:
                pauses.append(pause.seconds)
            except Stop:
                self._leave_rest(each)
        if pauses:
            raise Pause(min(pauses))
        return runs.end(self._cancelled_by() if self.plan.items else "")

    def _leave_rest(self, run: ItemRun) -> None:
        """End the steps of an item behind the one that failed or was cancelled."""
        for row, _ in run.pairs:
            if row.state == StepState.PENDING:
                self.lease.update_step(row, state=StepState.CANCELLED, ended_at=Now(), started_at=row.started_at)

    def _advance(self, row: OperationStep, step: Step) -> None:
        """Take one step to its end. Raise Pause when it must wait, Stop when it failed."""
        seen: dict[str, Any] = {}
        try:
            if step.call and not row.answered:
                self._call(row, step)
            if step.until:
                seen = self._wait(row, step)
        except AwsError as error:
            self._handle_error(row, step, error)
        if row.state != StepState.SUCCEEDED:
            full = {"progress_done": seen["progress_total"]} if seen.get("progress_total") else {}
            self.lease.update_step(row, state=StepState.SUCCEEDED, ended_at=Now(), **{**seen, **full, "error": {}})

    def _call(self, row: OperationStep, step: Step) -> None:
        call = StepCall(self.operation, self.plan, self.lease, self.aws, self.steps, row, step)
        try:
            call.make()
        except Refused as refused:
            raise self._fail(row, StepState.FAILED, authority.REFUSED, str(refused), step.call) from None

    def _wait(self, row: OperationStep, step: Step) -> dict[str, Any]:
        """Check the step's condition once. Raise Pause until it is true; then return what it saw, for the row."""
        self.lease.renew()
        params = resolve(step.until_params, self._results(), str(row.pk))
        progress = read(CONDITIONS[step.until], self.aws, **params)
        seen = {"progress_done": progress.done, "progress_total": progress.total, "message": mask(progress.message)}
        seen["error"] = {}
        if progress.failed:
            self.lease.update_step(row, **seen)
            raise self._fail(row, StepState.FAILED, "WaitFailed", progress.failed, step.until)
        if not progress.finished:
            self.lease.update_step(row, state=StepState.WAITING, **seen)
            if waits.late(row, step):
                text = f"Not finished after {step.timeout} s: {progress.message}"
                raise self._fail(row, StepState.FAILED, "TimedOut", text, step.until)
            raise Pause(progress.seconds or waits.pause(row))
        return seen

    def _handle_error(self, row: OperationStep, step: Step, error: AwsError) -> None:
        """Decide after an error of AWS whether to retry or to end. Raise Pause or Stop."""
        ids = [*row.request_ids, error.request_id] if error.request_id else row.request_ids
        waiting = row.answered or not step.call
        again = error.retryable or error.code in step.retry_on or (waiting and isinstance(error, NotFound))
        now = clock.now()
        seen = retry.error_state(row.error, error, now)
        since = datetime.fromisoformat(seen["since"])
        if again and not retry.given_up(error, since, now, late=waits.late(row, step)):
            seconds = retry.backoff(error, since, now)
            state = StepState.WAITING if waiting or not error.ambiguous else StepState.CALLED
            text = f"{mask(retry.why(error))} Retrying in {math.ceil(seconds)} s."
            self.lease.update_step(row, state=state, message=text, error=seen, request_ids=ids)
            raise Pause(seconds)
        unknown = row.called_at is not None and not waiting
        self.lease.update_step(row, request_ids=ids, message="")
        state = StepState.ERRORED if unknown else StepState.FAILED
        raise self._fail(row, state, error.code, error.message, error.call or step.call, error)

    def _fail(
        self, row: OperationStep, state: StepState, code: str, message: str, call: str, cause: AwsError | None = None
    ) -> Stop:
        error = {
            "kind": cause.kind if cause else "",
            "code": code,
            "message": mask(without_values(message, self.plan.steps[row.position].params)),
            "call": call,
            "request_id": cause.request_id if cause else "",
            "step": row.title,
        }
        self.lease.update_step(row, state=state, ended_at=Now(), error=error)
        return Stop(OperationState(state.value), error)

    def _cancelled_by(self) -> str:
        return Operation.objects.values_list("cancel_requested_by", flat=True).get(pk=self.operation.pk)

    def _skip(self, row: OperationStep, by: str) -> None:
        self.lease.update_step(
            row, state=StepState.SUCCEEDED, ended_at=Now(), started_at=row.started_at, message=f"Ended early by {by}"
        )

    def _taking_back(self) -> bool:
        """Return whether the steps left take back what the operation did: a cancellation does not stop them."""
        steps = zip(self.steps, self.plan.steps, strict=True)
        return any(step.skipped_when_cancelled and row.state == StepState.SUCCEEDED for row, step in steps)

    def _stop_if_cancelled(self, row: OperationStep, by: str) -> None:
        if not by or self._taking_back():
            return
        if row.error.get("since"):
            self.lease.update_step(row, message="")
        if row.called_at and not row.answered:
            text = f"Cancelled by {by} before AWS answered."
            raise self._fail(row, StepState.ERRORED, "Cancelled", text, self.plan.steps[row.position].call)
        self.lease.update_step(row, state=StepState.CANCELLED, ended_at=Now(), started_at=row.started_at)
        raise Stop(OperationState.CANCELLED, {"message": f"Cancelled by {by}", "step": row.title})

    def _end(self, state: OperationState, error: dict[str, Any]) -> None:
        """The end and its audit event are one transaction.

        Its locks are taken in the order of control.py (operation, audit trail, change counter), or two would deadlock.
        """
        outputs = []
        if state is OperationState.SUCCEEDED:
            results = self._results()
            outputs = [
                {"label": out.label, "value": resolve(out.value, results, ""), "link": out.link}
                for out in self.plan.outputs
            ]
        with transaction.atomic():
            self.lease.update(state=state, error=error, outputs=outputs, ended_at=Now(), next_check_at=None)
            Operation.objects.filter(pk=self.operation.pk, fence=self.lease.fence).update(lease_until=None)
            history.record_outcome(self.operation, state, error, self.steps)
            redaction.redact_ended(self.operation, state)
            self.operation.publish_state_change(state)
        self._sweep_at_once()

    def _sweep_while_running(self) -> None:
        """Sweep what the plan changes, from its first call on, every SWEEP_AGAIN_SECONDS."""
        if any(row.answered for row in self.steps) and time.monotonic() > self.next_sweep_at:
            self._sweep_at_once()
            self.next_sweep_at = time.monotonic() + SWEEP_AGAIN_SECONDS

    def _sweep_at_once(self) -> None:
        schedule.sweep_at_once(self.operation.account, self.operation.region, self.plan.touches)

    def _results(self) -> dict[str, dict[str, Any]]:
        return {row.key: row.result for row in self.steps}


def _record_crash(operation: Operation, lease: Lease, error: Exception) -> None:
    """End the operation after an exception of our own, without the exception's text: it may hold a secret."""
    text = f"The dashboard failed while it ran this operation ({type(error).__name__}). Its log has the details."
    detail = {"kind": "", "code": "Broken", "message": text}
    try:
        with transaction.atomic():
            lease.update(state=OperationState.ERRORED, error=detail, ended_at=Now())
            Operation.objects.filter(pk=operation.pk, fence=lease.fence).update(lease_until=None)
            operation.steps.filter(state__in=[StepState.CALLED, StepState.WAITING]).update(state=StepState.ERRORED)
            history.record_outcome(operation, OperationState.ERRORED, detail, list(operation.steps.all()))
            operation.publish_state_change(OperationState.ERRORED)
    except LeaseLost:
        log.warning("lease_lost", fence=lease.fence)
