"""The states of an operation and of a step, each with its tone."""

from django.db import models

from ecsdash.web.tone import Tone


class OperationState(models.TextChoices):
    """`waiting`: for a condition or a retry, also while a worker checks it. `failed`: AWS or a rule refused. `errored`:
    the dashboard failed, or the outcome is not known."""

    AWAITING_APPROVAL = "awaiting_approval", "Awaiting approval"
    PENDING = "pending", "Pending"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    ERRORED = "errored", "Errored"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def tone(self) -> Tone:
        return OPERATION_TONES[self]

    @property
    def active(self) -> bool:
        return self in ACTIVE


ACTIVE = (
    OperationState.AWAITING_APPROVAL,
    OperationState.PENDING,
    OperationState.RUNNING,
    OperationState.WAITING,
)
RUNNABLE = (OperationState.PENDING, OperationState.RUNNING, OperationState.WAITING)
ENDED_BADLY = (OperationState.FAILED, OperationState.ERRORED, OperationState.CANCELLED)

OPERATION_TONES = {
    OperationState.AWAITING_APPROVAL: Tone.WARN,
    OperationState.PENDING: Tone.IDLE,
    OperationState.RUNNING: Tone.PROGRESS,
    OperationState.WAITING: Tone.PROGRESS,
    OperationState.SUCCEEDED: Tone.OK,
    OperationState.FAILED: Tone.BAD,
    OperationState.ERRORED: Tone.BAD,
    OperationState.CANCELLED: Tone.IDLE,
}


class StepState(models.TextChoices):
    """`called`: the call is (or was) on its way and its outcome is not known yet."""

    PENDING = "pending", "Pending"
    CALLED = "called", "Calling"
    WAITING = "waiting", "Waiting"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    ERRORED = "errored", "Errored"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def tone(self) -> Tone:
        return STEP_TONES[self]


STEP_TONES = {
    StepState.PENDING: Tone.IDLE,
    StepState.CALLED: Tone.PROGRESS,
    StepState.WAITING: Tone.PROGRESS,
    StepState.SUCCEEDED: Tone.OK,
    StepState.FAILED: Tone.BAD,
    StepState.ERRORED: Tone.BAD,
    StepState.CANCELLED: Tone.IDLE,
}
