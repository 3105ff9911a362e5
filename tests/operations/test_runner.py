"""The runner: each call takes effect exactly once; progress and end states are correct."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db.models.functions import Now

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AccessDenied, NotFound, Throttled, Unavailable
from ecsdash.inventory.models import Account
from ecsdash.operations import hooks, runner, waits
from ecsdash.operations.hooks import Progress
from ecsdash.operations.lease import Lease, LeaseLost, in_seconds
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Observation, Output, Repeat, Step
from ecsdash.operations.refs import STEP_ID, join, random_secret, ref
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.drive import confirm, drive, succeed

LOST = Unavailable("ReadTimeoutError", "no answer", ambiguous=True)
SLOW = Throttled("ThrottlingException", "Rate exceeded")
LOOKED_FOR = Step("make", "Make", "test.make", repeat=Repeat.LOOKUP, lookup="thing_by_token")


@pytest.fixture(autouse=True)
def things() -> Iterator[None]:
    """A condition, a look-up and a reader over the scripted `test.list_things`."""

    def things_there(aws: Aws, wanted: int) -> Progress:
        listed = aws.call("test.list_things").data["things"]
        failed = "a thing broke" if "broken" in listed else ""
        return Progress(len(listed), wanted, f"{len(listed)} of {wanted}", len(listed) >= wanted, failed)

    def thing_by_token(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
        listed = aws.call("test.list_things").data["things"]
        return {"id": listed[0]} if listed else None

    def thing_state(aws: Aws, name: str) -> dict[str, Any] | None:
        return aws.call("test.describe_thing", name=name).data.get("thing")

    hooks.CONDITIONS["things_there"] = things_there
    hooks.LOOKUPS["thing_by_token"] = thing_by_token
    hooks.READERS["thing_state"] = thing_state
    yield
    del hooks.CONDITIONS["things_there"], hooks.LOOKUPS["thing_by_token"], hooks.READERS["thing_state"]


def test_steps_run_in_order_and_use_the_results_of_earlier_steps(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.make"] = [{"thing": {"ids": ["t-1"]}}]
    new_id = ref("make.thing.ids.0")
    steps = (
        Step("make", "Make", "test.make", {"name": "x"}),
        Step(
            "name",
            "Name",
            "test.name",
            {"id": ref("make.thing.ids.0"), "url": join("http://", ref("make.thing.ids.0"))},
        ),
    )
    operation = succeed(confirm(draft_of(account, operator, *steps, outputs=(Output("Id", new_id),))))
    assert aws.calls == [("test.make", {"name": "x"}), ("test.name", {"id": "t-1", "url": "http://t-1"})]
    assert operation.outputs == [{"label": "Id", "value": "t-1", "link": False}]
    assert [step.request_ids for step in operation.steps.all()] == [["request-1"], ["request-2"]]


def test_a_token_step_repeats_with_the_same_token_after_a_lost_answer(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.make"] = [LOST, {"id": "t-1"}]
    operation = succeed(confirm(draft_of(account, operator, Step("make", "Make", "test.make", repeat=Repeat.TOKEN))))
    tokens = [params["clientToken"] for params in aws.named("test.make")]
    assert tokens == [str(operation.steps.get().pk)] * 2


def test_a_lookup_step_does_not_call_again_when_the_effect_is_there(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies = {"test.make": [LOST], "test.list_things": [{"things": ["t-1"]}]}
    step = Step("make", "Make", "test.make", {"tag": STEP_ID}, repeat=Repeat.LOOKUP, lookup="thing_by_token")
    operation = succeed(confirm(draft_of(account, operator, step)))
    assert len(aws.named("test.make")) == 1
    assert operation.steps.get().result == {"id": "t-1"}


def test_a_lookup_step_calls_again_when_the_effect_is_not_there(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies = {"test.make": [LOST, {"id": "t-2"}], "test.list_things": [{"things": []}]}
    assert succeed(confirm(draft_of(account, operator, LOOKED_FOR))).steps.get().result == {"id": "t-2"}
    assert len(aws.named("test.make")) == 2


def test_a_wait_shows_real_progress_until_it_is_done(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies["test.list_things"] = [{"things": ["a"]}, {"things": ["a", "b"]}]
    operation = confirm(
        draft_of(account, operator, Step("wait", "Wait", until="things_there", until_params={"wanted": 2}))
    )
    assert runner.run(operation.pk) == waits.SOONEST_SECONDS
    step = operation.steps.get()
    assert (step.progress_done, step.progress_total, step.message, step.state) == (1, 2, "1 of 2", "waiting")
    assert succeed(operation).steps.get().progress_done == 2


def test_a_wait_that_cannot_finish_fails_with_its_reason(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies["test.list_things"] = [{"things": ["broken"]}]
    step = Step("wait", "Wait", until="things_there", until_params={"wanted": 2})
    operation = drive(confirm(draft_of(account, operator, step)))
    assert (operation.state, operation.error["message"]) == ("failed", "a thing broke")


def test_a_wait_fails_when_its_time_is_over(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies["test.list_things"] = [{"things": []}]
    step = Step("wait", "Wait", until="things_there", until_params={"wanted": 2}, timeout=0)
    operation = drive(confirm(draft_of(account, operator, step)))
    assert (operation.state, operation.error["code"]) == ("failed", "TimedOut")


def test_throttling_is_waited_out_however_short_the_time_of_the_step(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.make"] = [SLOW, SLOW, {"id": "t-1"}]
    operation = confirm(draft_of(account, operator, Step("make", "Make", "test.make", timeout=0)))
    runner.run(operation.pk)
    step = operation.steps.get()
    assert (step.state, step.message) == ("waiting", "AWS is throttling requests. Retrying in 2 s.")
    step = succeed(operation).steps.get()
    assert (step.attempts, step.message, step.error) == (3, "", {})


def test_a_call_without_a_token_of_its_bucket_waits_and_counts_as_no_attempt(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.make"] = [Throttled("OwnShareSpent", "", after=8, sent=False), {"id": "t-1"}]
    operation = confirm(draft_of(account, operator, Step("make", "Make", "test.make")))
    pause = runner.run(operation.pk)
    assert pause is not None
    assert 8 <= pause <= 12
    step = operation.steps.get()
    assert (step.attempts, step.called_at) == (0, None)
    assert step.message.startswith("This dashboard's share of AWS's request rate is used up.")
    assert succeed(operation).steps.get().attempts == 1


def test_a_throttled_call_is_not_looked_up(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies["test.make"] = [SLOW, {"id": "t-1"}]
    succeed(confirm(draft_of(account, operator, LOOKED_FOR)))
    assert aws.named("test.list_things") == []


def test_a_lost_answer_is_looked_up_even_if_the_lookup_is_throttled_first(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies = {"test.make": [LOST], "test.list_things": [SLOW, {"things": ["t-1"]}]}
    operation = succeed(confirm(draft_of(account, operator, LOOKED_FOR)))
    assert len(aws.named("test.make")) == 1
    assert operation.steps.get().result == {"id": "t-1"}


def test_a_refusal_of_aws_ends_in_failed_and_later_steps_do_not_run(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.make"] = [AccessDenied("AccessDeniedException", "not you", call="test.make", request_id="r")]
    steps = (Step("make", "Make", "test.make"), Step("more", "More", "test.more"))
    operation = drive(confirm(draft_of(account, operator, *steps)))
    assert operation.state == "failed"
    assert operation.error["kind"] == "AccessDenied"
    assert aws.named("test.more") == []
    assert [step.state for step in operation.steps.all()] == ["failed", "pending"]


def test_a_defect_of_the_dashboard_ends_in_errored_without_its_text(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.make"] = [RuntimeError("password=hunter2")]
    operation = drive(confirm(draft_of(account, operator, Step("make", "Make", "test.make"))))
    assert operation.state == "errored"
    assert "hunter2" not in str(operation.error)
    assert "hunter2" not in str(list(AuditEvent.objects.values()))


def test_deleting_a_missing_resource_succeeds(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies["test.delete"] = [NotFound("ThingNotFound", "gone")]
    step = Step("delete", "Delete", "test.delete", tolerate=("ThingNotFound",))
    succeed(confirm(draft_of(account, operator, step)))


def test_a_role_that_aws_does_not_know_yet_is_waited_for(account: Account, operator: User, aws: ScriptedAws) -> None:
    aws.replies["test.make"] = [NotFound("InvalidProfile", "not yet"), {"id": "t-1"}]
    step = Step("make", "Make", "test.make", retry_on=("InvalidProfile",))
    succeed(confirm(draft_of(account, operator, step)))


def test_nothing_is_called_when_the_resource_changed_since_the_review(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.describe_thing"] = [{"thing": {"size": 3}}]
    seen = Observation("thing_state", {"name": "x"}, {"size": 2}, "thing x")
    operation = drive(confirm(draft_of(account, operator, Step("make", "Make", "test.make"), observes=(seen,))))
    assert operation.state == "failed"
    assert "size is now 3, was 2" in operation.error["message"]
    assert aws.named("test.make") == []


def test_nothing_is_created_when_the_resource_exists_already(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.describe_thing"] = [{"thing": {"size": 3}}]
    seen = Observation("thing_state", {"name": "x"}, None, "thing x")
    operation = drive(confirm(draft_of(account, operator, Step("make", "Make", "test.make"), observes=(seen,))))
    assert "thing x exists already" in operation.error["message"]
    assert aws.named("test.make") == []


def test_an_operation_is_waiting_from_its_first_pause_to_its_next_call(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.list_things"] = [{"things": []}, {"things": []}, {"things": ["a"]}]
    make = Step("make", "Make", "test.make", until="things_there", until_params={"wanted": 1})
    operation = confirm(draft_of(account, operator, make, Step("name", "Name", "test.name")))
    states: list[str] = []
    aws.before_call = lambda name: states.append(f"{name} {Operation.objects.get().state}")
    drive(operation)
    looks = [f"test.list_things {state}" for state in ("running", "waiting", "waiting")]
    assert states == ["test.make running", *looks, "test.name running"]


def test_a_second_worker_gets_no_lease_while_the_first_has_one(account: Account, operator: User) -> None:
    operation = confirm(draft_of(account, operator, Step("make", "Make", "test.make")))
    assert Lease.claim(operation.pk) is not None
    assert Lease.claim(operation.pk) is None


def test_a_stale_worker_writes_nothing_after_its_lease(account: Account, operator: User) -> None:
    operation = confirm(draft_of(account, operator, Step("make", "Make", "test.make")))
    stale = Lease.claim(operation.pk)
    assert stale is not None
    Operation.objects.filter(pk=operation.pk).update(lease_until=in_seconds(-1))
    stale.renewed_at -= settings.OPERATION_LEASE_SECONDS + 1
    fresh = Lease.claim(operation.pk)
    assert fresh is not None
    assert fresh.fence == stale.fence + 1
    with pytest.raises(LeaseLost):
        stale.renew()
    with pytest.raises(LeaseLost):
        stale.update_step(operation.steps.get(), state="failed")
    fresh.renew()


def test_a_worker_whose_lease_ran_out_makes_no_call(account: Account, operator: User, aws: ScriptedAws) -> None:
    operation = confirm(draft_of(account, operator, Step("one", "One", "test.one"), Step("two", "Two", "test.two")))

    def run_out(name: str) -> None:
        Operation.objects.filter(pk=operation.pk).update(lease_until=Now())

    aws.before_call = run_out
    assert runner.run(operation.pk) is None
    assert aws.named("test.two") == []
    aws.before_call = lambda name: None
    assert succeed(operation).state == "succeeded"


def test_a_crash_between_call_and_answer_is_resumed_by_the_next_worker(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    class Killed(BaseException):
        """What ends a process is not an Exception."""

    aws.replies = {"test.make": [{"id": "t-1"}], "test.list_things": [{"things": ["t-1"]}]}
    operation = confirm(draft_of(account, operator, LOOKED_FOR))

    def die(name: str) -> None:
        raise Killed

    aws.before_call = die
    with pytest.raises(Killed):
        runner.run(operation.pk)
    aws.before_call = lambda name: None
    Operation.objects.filter(pk=operation.pk).update(lease_until=in_seconds(-1))
    assert succeed(operation).steps.get().result == {"id": "t-1"}
    assert aws.named("test.make") == []


def test_a_random_secret_reaches_aws_and_is_stored_nowhere(account: Account, operator: User, aws: ScriptedAws) -> None:
    step = Step("make", "Make", "test.make", {"SecretString": random_secret(40)})
    operation = succeed(confirm(draft_of(account, operator, step)))
    (params,) = aws.named("test.make")
    assert len(params["SecretString"]) == 40
    stored = str(Operation.objects.filter(pk=operation.pk).values()) + str(list(operation.steps.values()))
    assert params["SecretString"] not in stored + str(list(AuditEvent.objects.values()))
