"""Start, cancel and retry operations: conditional updates, each with its audit event."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from ecsdash.access.models import User
from ecsdash.inventory.models import READ_ONLY, Account
from ecsdash.logs import current_request_id
from ecsdash.operations import authority, history, verification
from ecsdash.operations.items import Item
from ecsdash.operations.models import Draft, Operation, OperationItem, OperationStep, Planned
from ecsdash.operations.refs import TOLERATED
from ecsdash.operations.states import ENDED_BADLY, RUNNABLE, OperationState, StepState
from ecsdash.operations.step_call import missing
from ecsdash.web import clock

RETRY_HOURS: Final = 24  # after the end of an operation
EnqueueRun = Callable[[str], None]


class AlreadyRunning(Exception):
    """Another operation is changing the same resource."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation


class NotNow(Exception):
    """The operation is not in a state that allows this; the message says which."""


def start(draft: Draft, *, reason: str, source_ip: str, enqueue_run: EnqueueRun) -> Operation:
    """Create the operation, its steps and the audit event in one transaction; enqueue it after the commit.

    Raise NotNow when the person may not let one of its calls be made, AlreadyRunning when the resource is taken.
    """
    _check_writer(draft.account)
    plan = draft.plan
    refused = [each for each in authority.judge_plan(draft.user, draft) if each.refusal]
    if refused:
        raise NotNow(f"{refused[0].refusal} {refused[0].remedy}")
    steps = (*verification.first_steps(plan), *plan.steps)
    data = {**draft.plan_data, "steps": [asdict(step) for step in steps]}
    try:
        with transaction.atomic():
            transaction.on_commit(partial(enqueue_run, str(draft.pk)))  # before the messages to web processes
            operation = Operation.objects.create(
                id=draft.pk,
                reason=reason,
                plan_data=data,
                undo_of=draft.undo_of,
                request_id=current_request_id(),
                **_same(draft),
            )
            OperationStep.objects.bulk_create(
                OperationStep(operation=operation, position=position, key=step.key, title=step.title)
                for position, step in enumerate(steps)
            )
            OperationItem.objects.bulk_create(
                OperationItem(operation=operation, **_resource(item)) for item in plan.items
            )
            history.record_intent(operation, by=draft.user, source_ip=source_ip)
            _refuse_overlap(operation)
            draft.delete()
            operation.publish_state_change(OperationState.PENDING)
    except IntegrityError:
        running = running_on(draft)
        if running is None:
            raise
        raise AlreadyRunning(running) from None
    return operation


def running_on(draft: Draft) -> Operation | None:
    """Return the operation on the same resource, or the one that was already started from this draft."""
    operation: Operation | None = Operation.objects.filter(pk=draft.pk).first() or _active_on_same(draft).first()
    return operation


def _active_on_same(planned: Planned) -> QuerySet[Operation]:
    """Return the active operations that change one of the resources of the plan, alone or with others."""
    keys = {planned.resource_key, *(each["resource_key"] for each in planned.plan_data.get("items", ()))}
    items = OperationItem.objects.filter(operation=OuterRef("pk"), resource_key__in=keys)
    rows = Operation.objects.filter(account=planned.account, region=planned.region, state__in=RUNNABLE)
    return rows.filter(Q(resource_key__in=keys) | Exists(items))


def _refuse_overlap(operation: Operation) -> None:
    """Raise AlreadyRunning if another operation changes one of the resources of this one.

    To be called after the audit event was recorded, which one transaction does at a time: each sees those before it.
    """
    keys = set(_active_on_same(operation).values_list("pk", flat=True)) - {operation.pk}
    if keys:
        raise AlreadyRunning(Operation.objects.get(pk=keys.pop()))


def _resource(item: Item) -> dict[str, str]:
    return {name: getattr(item, name) for name in ("name", "resource_key", "cluster", "service")}


def cancel(operation: Operation, *, by: User, source_ip: str, enqueue_run: EnqueueRun) -> None:
    """Have the worker stop before the next call. What is done stays done. Raise NotNow."""
    with transaction.atomic():
        asked = Operation.objects.filter(pk=operation.pk, state__in=RUNNABLE).update(
            cancel_requested_by=by.get_username(), next_check_at=Now()
        )
        if not asked:
            raise NotNow("The operation has already ended.")
        history.record_intent(operation, by=by, source_ip=source_ip, again="cancel")
        operation.publish_state_change(operation.state_enum)
        transaction.on_commit(lambda: enqueue_run(str(operation.pk)))


def retry(operation: Operation, *, by: User, source_ip: str, enqueue_run: EnqueueRun) -> None:
    """Verify again that nothing else changed, then continue from the failed step, in the name of `by`.

    Raise NotNow, or AlreadyRunning when another operation changes the resource.
    """
    _check_writer(operation.account)
    if undone(operation):
        raise NotNow("It was undone, so its steps cannot be continued. Submit the change again.")
    if expired(operation):
        raise NotNow(f"It ended more than {RETRY_HOURS} hours ago. Submit the change again.")
    if operation.redacted_at:
        raise NotNow("It ended too long ago: its values were removed. Submit the change again.")
    try:
        with transaction.atomic():
            again = Operation.objects.filter(pk=operation.pk, state__in=ENDED_BADLY, redacted_at=None).update(
                state=OperationState.PENDING,
                plan_data=verification.for_retry(operation.plan_data, operation.steps.all()),
                retried_by=by,
                request_id=current_request_id(),
                error={},
                ended_at=None,
                cancel_requested_by="",
                next_check_at=None,
                lease_until=None,
            )
            if not again:
                raise NotNow("Only an operation that failed or was cancelled can be retried.")
            due = operation.steps.exclude(~Q(key=verification.KEY), state=StepState.SUCCEEDED)
            due.update(state=StepState.PENDING, started_at=None, ended_at=None, error={}, message="")
            _call_again_what_lacks_a_result(operation)
            history.record_intent(operation, by=by, source_ip=source_ip, again="retry")
            _refuse_overlap(operation)
            operation.publish_state_change(OperationState.PENDING)
            transaction.on_commit(lambda: enqueue_run(str(operation.pk)))
    except IntegrityError:
        other = Operation.objects.filter(
            account=operation.account, region=operation.region, resource_key=operation.resource_key, state__in=RUNNABLE
        ).get()
        raise AlreadyRunning(other) from None


def _call_again_what_lacks_a_result(operation: Operation) -> None:
    """Reset the steps whose stored answer lacks what a later step refers to: their calls look for their effect."""
    for row in operation.steps.filter(answered=True):
        if TOLERATED not in row.result and any(missing(operation.plan, row.key, row.result)):
            operation.steps.filter(pk=row.pk).update(
                state=StepState.PENDING, answered=False, ended_at=None, called_at=row.called_at or clock.now()
            )


def _check_writer(account: Account) -> None:
    if account.read_only:
        raise NotNow(READ_ONLY)


def expired(operation: Operation) -> bool:
    """Return whether it ended too long ago to be retried."""
    return operation.ended_at is not None and clock.now() - operation.ended_at > timedelta(hours=RETRY_HOURS)


def undone(operation: Operation) -> bool:
    """Return whether an undo of it has made a call: the resources of its steps may not exist any more."""
    return operation.undos.filter(steps__called_at__isnull=False).exists()


def _same(draft: Draft) -> dict[str, object]:
    names = (
        "user", "action", "account", "region", "cluster", "service", "resource_type", "resource_key", "resource_name",
        "url_kwargs", "form_data",
    )  # fmt: skip
    return {name: getattr(draft, name) for name in names}
