"""Our own database is not available while an operation runs: it is released, and continues when that is back."""

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError

from ecsdash import stopping
from ecsdash.access.models import User
from ecsdash.inventory.models import Account
from ecsdash.operations import jobs, runner
from ecsdash.operations.lease import Lease
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Repeat, Step
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.drive import confirm

MAKE = Step("make", "Make", "test.make", {"name": "thing"}, repeat=Repeat.TOKEN, token_param="token")
MORE = Step("more", "More", "test.more", {})


@pytest.fixture
def operation(account: Account, operator: User) -> Operation:
    return confirm(draft_of(account, operator, MAKE, MORE))


def fail_once(monkeypatch: pytest.MonkeyPatch, method: str, error: Exception, *, at: int = 1) -> None:
    """Have the lease's method fail once, the `at`-th time."""
    real: Any = getattr(Lease, method)
    times = [0]

    def broken(self: Lease, *arguments: Any, **values: Any) -> Any:
        times[0] += 1
        if times[0] == at:
            raise error
        return real(self, *arguments, **values)

    monkeypatch.setattr(Lease, method, broken)


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("connection already closed")])
@pytest.mark.parametrize("at", range(1, 5))
def test_it_goes_on_at_once_with_one_effect(
    operation: Operation, aws: ScriptedAws, monkeypatch: pytest.MonkeyPatch, at: int, error: Exception
) -> None:
    fail_once(monkeypatch, "update_step", error, at=at)
    with pytest.raises(runner.DatabaseLost) as lost:
        runner.run(operation.pk)
    assert runner.run(operation.pk) is None  # its lease is still held
    operation.refresh_from_db()
    assert operation.state == "running"

    assert runner.run(operation.pk, lost.value.released_fence) is None
    operation.refresh_from_db()
    assert operation.state == "succeeded"
    assert len({params["token"] for params in aws.named("test.make")}) == 1
    assert len(aws.named("test.more")) in (1, 2)


def test_an_operation_whose_claim_fails_is_tried_again(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("gone")

    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda job, *arguments, countdown: sent.append((*arguments, countdown)))
    with monkeypatch.context() as broken:
        broken.setattr(Lease, "claim", gone)
        jobs.run(str(operation.pk))
    assert sent == [(str(operation.pk), None, jobs.DATABASE_SECONDS)]


def test_the_job_continues_with_the_fence_of_its_claim(
    operation: Operation, aws: ScriptedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda job, *arguments, countdown: sent.append(arguments))
    fail_once(monkeypatch, "update_step", OperationalError("gone"))
    jobs.run(str(operation.pk))
    operation.refresh_from_db()
    assert sent == [(str(operation.pk), operation.fence)]
    jobs.run(*sent[0])
    operation.refresh_from_db()
    assert operation.state == "succeeded"


def test_what_another_worker_has_taken_over_is_not_taken_back(operation: Operation) -> None:
    Lease.claim(operation.pk)
    Operation.objects.update(lease_until=None)
    Lease.claim(operation.pk)
    assert Lease.claim(operation.pk, released_fence=1) is None
    assert Lease.claim(operation.pk, released_fence=2) is not None


def test_a_worker_that_is_told_to_end_lets_go_before_its_next_call(
    operation: Operation, aws: ScriptedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.before_call = lambda name: stopping.STOPPING.set()
    try:
        assert runner.run(operation.pk) == 0.0
    finally:
        stopping.STOPPING.clear()
    operation.refresh_from_db()
    assert (operation.state, operation.lease_until) == ("running", None)
    assert [name for name, _ in aws.calls] == ["test.make"]
    aws.before_call = lambda name: None
    runner.run(operation.pk)
    operation.refresh_from_db()
    assert operation.state == "succeeded"
    assert [name for name, _ in aws.calls] == ["test.make", "test.more"]
