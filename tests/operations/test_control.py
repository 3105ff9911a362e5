"""Start, cancel and retry operations."""

from typing import Any

import pytest

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.aws.errors import Invalid
from ecsdash.inventory.models import Account
from ecsdash.operations import control, history, runner
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.plan import Change, Plan, Step, Undo
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.drive import confirm, drive, succeed

MAKE = Step("make", "Make", "test.make")


def quiet(_: str) -> None:
    """Enqueue nothing: the test runs the operation itself."""


def test_a_plan_is_the_same_after_it_was_stored() -> None:
    plan = Plan("S", "k", "n", (MAKE,), changes=(Change("a", 1, [2]),), undo=Undo("x", "X", data={"n": 1}))
    assert Plan.from_json(plan.to_json()) == plan


def test_the_intent_is_in_the_audit_trail_before_the_first_call(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    seen: list[list[str]] = []
    aws.before_call = lambda name: seen.append(list(AuditEvent.objects.values_list("phase", flat=True)))
    operation = succeed(confirm(draft_of(account, operator, MAKE, changes=(Change("count", 1, 2),))))
    assert seen == [["intent"]]
    outcome = AuditEvent.objects.get(operation=operation.pk, phase="outcome")
    assert (outcome.outcome, outcome.request_ids) == ("succeeded", ["request-1"])
    assert outcome.changes == [{"path": "count", "before": 1, "after": 2}]


def test_without_the_audit_row_there_is_no_operation_and_no_call(
    account: Account, operator: User, aws: ScriptedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**values: Any) -> None:
        raise RuntimeError("the audit table is full")

    monkeypatch.setattr(history, "record", broken)
    draft = draft_of(account, operator, MAKE)
    with pytest.raises(RuntimeError):
        confirm(draft)
    assert not Operation.objects.exists()
    assert Draft.objects.filter(pk=draft.pk).exists()
    assert runner.run(draft.pk) is None
    assert aws.calls == []


def test_a_second_operation_on_the_same_resource_is_refused(account: Account, operator: User) -> None:
    running = confirm(draft_of(account, operator, MAKE))
    with pytest.raises(control.AlreadyRunning) as raised:
        confirm(draft_of(account, operator, MAKE))
    assert raised.value.operation == running


def test_confirming_twice_starts_once(account: Account, operator: User) -> None:
    draft = draft_of(account, operator, MAKE)
    again = Draft.objects.get(pk=draft.pk)
    first = confirm(draft)
    with pytest.raises(control.AlreadyRunning) as raised:
        confirm(again)
    assert raised.value.operation == first


def test_a_cancelled_operation_makes_no_further_call(account: Account, operator: User, aws: ScriptedAws) -> None:
    operation = confirm(draft_of(account, operator, MAKE, Step("more", "More", "test.more")))
    aws.before_call = lambda name: control.cancel(operation, by=operator, source_ip="", enqueue_run=quiet)
    drive(operation)
    assert operation.state == "cancelled"
    assert [name for name, _ in aws.calls] == ["test.make"]
    assert AuditEvent.objects.filter(action="create_cluster.cancel", operation=operation.pk).count() == 1


def test_an_ended_operation_cannot_be_cancelled(account: Account, operator: User, aws: ScriptedAws) -> None:
    operation = succeed(confirm(draft_of(account, operator, MAKE)))
    with pytest.raises(control.NotNow):
        control.cancel(operation, by=operator, source_ip="", enqueue_run=quiet)


def test_retry_continues_from_the_failed_step(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies["test.more"] = [Invalid("InvalidParameterException", "no"), {}]
    operation = drive(confirm(draft_of(account, operator, MAKE, Step("more", "More", "test.more"))))
    assert operation.state == "failed"
    control.retry(operation, by=operator, source_ip="", enqueue_run=quiet)
    succeed(operation)
    assert [name for name, _ in aws.calls] == ["test.make", "test.more", "test.more"]


def test_a_successful_operation_cannot_be_retried(account: Account, operator: User, aws: ScriptedAws) -> None:
    operation = succeed(confirm(draft_of(account, operator, MAKE)))
    with pytest.raises(control.NotNow):
        control.retry(operation, by=operator, source_ip="", enqueue_run=quiet)


def test_retry_is_refused_while_another_operation_changes_the_resource(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.make"] = [Invalid("InvalidParameterException", "no")]
    failed = drive(confirm(draft_of(account, operator, MAKE)))
    other = confirm(draft_of(account, operator, MAKE))
    with pytest.raises(control.AlreadyRunning) as raised:
        control.retry(failed, by=operator, source_ip="", enqueue_run=quiet)
    assert raised.value.operation == other
