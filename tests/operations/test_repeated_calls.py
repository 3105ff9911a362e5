"""A call that has to be repeated looks for its effect before and after, and takes back what it created twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from ecsdash.access.models import User
from ecsdash.access.references import ENTRIES
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AccessDenied, Conflict, TooLate, Unavailable
from ecsdash.inventory.models import Account
from ecsdash.operations import control, hooks, runner
from ecsdash.operations.hooks import Progress
from ecsdash.operations.lease import Lease
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import ref
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.drive import confirm, drive, succeed

LOST = Unavailable("ReadTimeoutError", "no answer", ambiguous=True)
EXISTS = Conflict("AlreadyExists", "a thing of this name exists")
MAKE = Step("make", "Make", "test.make", repeat=Repeat.LOOKUP, lookup="thing_of_step")
USE = Step("use", "Use", "test.more", {"id": ref("make.thing.id")})
MANY = Step(
    "make", "Make", "test.make", repeat=Repeat.LOOKUP, lookup="thing_of_step", doubles="other_things",
    takes_back="test.delete",
)  # fmt: skip


@pytest.fixture(autouse=True)
def things(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hooks over the scripted `test.list_things`: the things with the tag of the step, the newest first."""

    def thing_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
        listed = aws.call("test.list_things").data["things"]
        return {"thing": {"id": listed[0]}} if listed else None

    def other_things(aws: Aws, params: dict[str, Any], step_id: str, kept: dict[str, Any]) -> list[dict[str, Any]]:
        listed = aws.call("test.list_things").data["things"]
        return [{"id": each} for each in listed if each != kept["thing"]["id"]]

    def things_there(aws: Aws) -> Progress:
        return Progress(finished=bool(aws.call("test.list_things").data["things"]))

    monkeypatch.setitem(hooks.LOOKUPS, "thing_of_step", thing_of_step)
    monkeypatch.setitem(hooks.DOUBLES, "other_things", other_things)
    monkeypatch.setitem(hooks.CONDITIONS, "things_there", things_there)
    monkeypatch.setitem(ENTRIES, "test.delete", lambda params: ())


def test_what_exists_already_may_be_its_own(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies = {"test.make": [EXISTS], "test.list_things": [{"things": ["t-1"]}]}
    operation = succeed(confirm(draft_of(account, operator, MAKE)))
    assert operation.steps.get().result == {"thing": {"id": "t-1"}}


def test_what_exists_already_and_is_of_somebody_else_fails(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies = {"test.make": [EXISTS], "test.list_things": [{"things": []}]}
    operation = drive(confirm(draft_of(account, operator, MAKE)))
    assert (operation.state, operation.error["code"]) == ("failed", "AlreadyExists")


def test_a_call_that_is_not_allowed_looks_for_nothing(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies = {"test.make": [AccessDenied("AccessDenied", "no")]}
    drive(confirm(draft_of(account, operator, MAKE)))
    assert aws.named("test.list_things") == []


def test_an_answer_without_what_later_steps_use_is_a_lost_answer(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies = {"test.make": [{"thing": {}}], "test.list_things": [{"things": ["t-1"]}]}
    succeed(confirm(draft_of(account, operator, MAKE, USE)))
    assert (len(aws.named("test.make")), aws.named("test.more")) == (1, [{"id": "t-1"}])


def test_a_double_is_taken_back_in_the_same_step(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies = {
        "test.make": [LOST, {"thing": {"id": "t-2"}}],
        "test.list_things": [{"things": []}, {"things": ["t-2", "t-1"]}],
    }
    operation = succeed(confirm(draft_of(account, operator, MANY, USE)))
    assert aws.named("test.delete") == [{"id": "t-1"}]
    assert (operation.steps.get(key="make").result, aws.named("test.more")) == (
        {"thing": {"id": "t-2"}},
        [{"id": "t-2"}],
    )


def test_doubles_that_are_found_before_a_repeated_call_are_taken_back(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies = {"test.make": [LOST], "test.list_things": [{"things": ["t-3", "t-2", "t-1"]}]}
    succeed(confirm(draft_of(account, operator, MANY)))
    assert aws.named("test.delete") == [{"id": "t-2"}, {"id": "t-1"}]
    assert len(aws.named("test.make")) == 1


def test_a_call_that_succeeds_at_once_looks_for_nothing(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies = {"test.make": [{"thing": {"id": "t-1"}}]}
    succeed(confirm(draft_of(account, operator, MANY)))
    assert aws.named("test.list_things") == []


def test_after_a_restored_backup_a_first_call_looks_for_its_effect(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    operation = confirm(draft_of(account, operator, MAKE))
    Operation.objects.update(created_at=F("created_at") - timedelta(hours=1))
    aws.replies = {"test.make": [{}], "test.list_things": [{"things": ["t-1"]}]}
    succeed(operation)
    assert aws.named("test.make") == []


def test_a_retry_looks_for_the_effect_of_a_call_whose_stored_answer_is_empty(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies = {
        "test.make": [{"thing": {"id": "t-1"}}],
        "test.more": [EXISTS, {}],
        "test.list_things": [{"things": ["t-1"]}],
    }
    operation = drive(confirm(draft_of(account, operator, MAKE, USE)))
    operation.steps.filter(key="make").update(result={})  # as versions before stored it
    control.retry(operation, by=operator, source_ip="", enqueue_run=lambda _: None)
    succeed(operation)
    assert (len(aws.named("test.make")), len(aws.named("test.list_things"))) == (1, 1)


def test_a_response_that_a_condition_cannot_read_is_asked_for_again(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.list_things"] = [{}, {"things": None}, {"things": ["t-1"]}]
    step = Step("wait", "Wait", until="things_there")
    operation = confirm(draft_of(account, operator, step))
    assert runner.run(operation.pk)
    assert operation.steps.get().message.startswith("AWS does not answer.")
    Operation.objects.update(next_check_at=None)
    succeed(operation)


def test_a_call_whose_time_has_passed_is_made_later(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies = {"test.make": [TooLate(), {}]}
    operation = succeed(confirm(draft_of(account, operator, MAKE)))
    assert (operation.steps.get().attempts, aws.named("test.list_things")) == (1, [])


def test_a_lease_leaves_time_for_the_answer(account: Account, operator: User, aws: ScriptedAws, settings: Any) -> None:
    operation = confirm(draft_of(account, operator, MAKE))
    lease = Lease.claim(operation.pk)
    assert lease
    assert lease.has_time_for_a_call()
    lease.renewed_at -= settings.OPERATION_LEASE_SECONDS / 2
    assert not lease.has_time_for_a_call()
    lease.renew()
    assert lease.has_time_for_a_call()
