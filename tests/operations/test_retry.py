"""A retry verifies again, accepts what its own calls changed, expires, and runs in the name of who retried."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import Invalid
from ecsdash.inventory.models import Account
from ecsdash.operations import control
from ecsdash.operations.hooks import READERS
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import ANY, Effect, Observation, Plan, Step
from ecsdash.operations.refs import ref
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.drive import confirm, drive, succeed
from tests.users import Users

SCALE = Step("update", "Scale", "ecs.update_service", {"cluster": "shop", "service": "web", "desiredCount": 4})
AFTER = Step("tag", "Tag", "ecs.tag_resource", {"resourceArn": "arn:aws:ecs:eu-central-1:123456789012:cluster/shop"})
COUNT = Observation("thing", {}, {"count": 2, "owner": "ann"}, "The thing", (Effect("update", {"count": 4}),))
REFUSED = Invalid("InvalidParameterException", "no")


def thing(aws: Aws) -> dict[str, Any] | None:
    return aws.call("test.read_thing").data.get("thing")


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READERS, "thing", thing)


def live(aws: ScriptedAws, values: dict[str, Any] | None) -> None:
    """Let AWS return these values of the thing from now on."""
    aws.replies["test.read_thing"] = [{"thing": values}]


def failed(account: Account, user: User, aws: ScriptedAws, seen: Observation, *, at: str = AFTER.call) -> Operation:
    """Return an operation that AWS has refused at this call; a second attempt of the call succeeds."""
    live(aws, seen.values)
    aws.replies[at] = [REFUSED, {"answer": "second"}]
    operation = drive(confirm(draft_of(account, user, SCALE, AFTER, observes=(seen,))))
    assert operation.state in ("failed", "errored")
    return operation


def retry(operation: Operation, user: User) -> Operation:
    control.retry(operation, by=user, source_ip="", enqueue_run=lambda _: None)
    return operation


def test_its_own_changes_are_no_changes_by_others(account: Account, operator: User, aws: ScriptedAws) -> None:
    operation = failed(account, operator, aws, COUNT)
    live(aws, {"count": 4, "owner": "ann"})
    succeed(retry(operation, operator))
    assert len(aws.named("test.read_thing")) == 2
    assert len(aws.named(SCALE.call)) == 1


@pytest.mark.parametrize(
    ("now", "text"),
    [
        ({"count": 7, "owner": "ann"}, "The thing: count is now 7, was 2 or 4"),
        ({"count": 4, "owner": "ben"}, "The thing: owner is now ben, was ann"),
        (None, "The thing is gone"),
    ],
)
def test_a_change_by_somebody_else_stops_it_before_its_next_call(
    account: Account, operator: User, aws: ScriptedAws, now: dict[str, Any] | None, text: str
) -> None:
    operation = failed(account, operator, aws, COUNT)
    live(aws, now)
    drive(retry(operation, operator))
    assert operation.state == "failed"
    assert operation.error["message"] == f"It changed since the review. {text}. Submit the change again."
    assert len(aws.named(AFTER.call)) == 1


def test_the_effect_of_a_call_that_was_not_made_is_a_change_by_somebody_else(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    operation = failed(account, operator, aws, COUNT, at=SCALE.call)
    live(aws, {"count": 4, "owner": "ann"})
    drive(retry(operation, operator))
    assert "count is now 4, was 2" in operation.error["message"]


@pytest.mark.parametrize(("deployment", "state"), [("new-1", "succeeded"), ("new-2", "failed")])
def test_an_effect_may_be_a_part_of_the_answer(
    account: Account, operator: User, aws: ScriptedAws, deployment: str, state: str
) -> None:
    seen = Observation("thing", {}, {"deployment": "old"}, "X", (Effect("update", {"deployment": ref("update.id")}),))
    aws.replies[SCALE.call] = [{"id": "new-1"}]
    operation = failed(account, operator, aws, seen)
    live(aws, {"deployment": deployment})
    assert drive(retry(operation, operator)).state == state


def test_an_effect_that_only_aws_decides_may_be_anything(account: Account, operator: User, aws: ScriptedAws) -> None:
    operation = failed(
        account, operator, aws, Observation("thing", {}, {"id": 1}, "X", (Effect("update", {"id": ANY}),))
    )
    live(aws, {"id": 3})
    succeed(retry(operation, operator))


@pytest.mark.parametrize(
    ("before", "effect", "now", "state"),
    [
        (None, {}, {"count": 4}, "succeeded"),
        (None, {}, None, "succeeded"),
        ({"count": 2}, None, None, "succeeded"),
        ({"count": 2}, None, {"count": 2}, "succeeded"),
        ({"count": 2}, None, {"count": 3}, "failed"),
    ],
)
def test_what_it_creates_may_exist_and_what_it_deletes_may_be_gone(
    account: Account, operator: User, aws: ScriptedAws, before: Any, effect: Any, now: Any, state: str
) -> None:
    operation = failed(account, operator, aws, Observation("thing", {}, before, "X", (Effect("update", effect),)))
    live(aws, now)
    assert drive(retry(operation, operator)).state == state


def test_a_call_in_flight_may_have_had_its_effect(account: Account, operator: User, aws: ScriptedAws) -> None:
    seen = Observation("thing", {}, {"deployment": "old"}, "X", (Effect("update", {"deployment": ref("update.id")}),))
    operation = failed(account, operator, aws, seen, at=SCALE.call)
    Operation.objects.filter(pk=operation.pk).update(state="errored")
    operation.steps.filter(key="update").update(called_at=timezone.now(), answered=False)
    live(aws, {"deployment": "new"})
    succeed(retry(operation, operator))


def test_a_plan_with_effects_is_the_same_after_it_was_stored() -> None:
    plan = Plan("S", "k", "n", (SCALE,), observes=(COUNT,))
    assert Plan.from_json(plan.to_json()) == plan


def test_a_retry_expires_and_the_page_says_so(
    account: Account, operator: User, aws: ScriptedAws, client: Client
) -> None:
    operation = failed(account, operator, aws, COUNT)
    client.force_login(operator)
    page = f"/operations/{operation.pk}/"
    assert "possible for 24 hours after the end" in client.get(page).content.decode()
    assert 'id="retry-button"' in client.get(page).content.decode()

    Operation.objects.update(ended_at=timezone.now() - timedelta(hours=24, seconds=1))
    shown = client.get(page).content.decode()
    assert 'id="retry-button"' not in shown
    assert "ended more than 24 hours ago and can no longer be retried. Submit the change again." in shown
    answer = client.post(f"{page}retry/", follow=True)
    assert "It ended more than 24 hours ago. Submit the change again." in answer.content.decode()
    operation.refresh_from_db()
    assert operation.state == "failed"


def test_it_runs_in_the_name_of_who_retried(account: Account, users: Users, aws: ScriptedAws, client: Client) -> None:
    operation = failed(account, users.operator, aws, COUNT)
    assert operation.acting_user == users.operator
    client.force_login(users.viewer)
    assert client.post(f"/operations/{operation.pk}/retry/").status_code == 403
    client.force_login(users.admin)
    assert client.post(f"/operations/{operation.pk}/retry/").status_code == 302

    succeed(operation)
    assert Operation.objects.get().acting_user == users.admin
    assert Operation.objects.get().user == users.operator
    events = AuditEvent.objects.exclude(action="forbidden").order_by("seq").values_list("action", "phase", "actor_name")
    assert list(events)[2:] == [("create_cluster.retry", "intent", "admin"), ("create_cluster", "outcome", "admin")]
    assert "<dt>Retried by</dt><dd>admin</dd>" in client.get(f"/operations/{operation.pk}/").content.decode()
