"""Outages of AWS longer than a step's timeout: operations wait, show the outage, and can be cancelled."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import Unavailable
from ecsdash.inventory.models import Account
from ecsdash.operations import control, hooks, runner
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Observation, Repeat, Step
from ecsdash.operations.retry import BACKOFF_MOST_SECONDS, OUTAGE_SECONDS
from tests.clock import Clock
from tests.operations.conftest import Reply, ScriptedAws, draft_of
from tests.operations.drive import confirm

REFUSED = Unavailable("EndpointConnectionError", "Could not connect to the endpoint URL", call="ecs.create_cluster")
LOST = Unavailable("ServiceUnavailable", "503", call="ecs.create_cluster", request_id="r", ambiguous=True)
CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/shop"
MAKE = Step("make", "Make", "ecs.create_cluster", {"clusterName": "shop"}, timeout=60)
ABSENT = Observation("thing_state", {}, None, "thing")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock, began = Clock(), timezone.now()
    monkeypatch.setattr(runner, "clock", SimpleNamespace(now=lambda: began + timedelta(seconds=clock.now)))
    return clock


@pytest.fixture(autouse=True)
def things() -> Iterator[None]:
    def thing_state(aws: Aws) -> None:
        aws.call("ecs.describe_clusters")

    def thing_made(aws: Aws, params: object, step_id: str) -> dict[str, object] | None:
        return {"id": "t-1"} if aws.call("ecs.describe_clusters").data.get("made") else None

    hooks.READERS["thing_state"], hooks.LOOKUPS["thing_made"] = thing_state, thing_made
    yield
    del hooks.READERS["thing_state"], hooks.LOOKUPS["thing_made"]


def run_until(operation: Operation, clock: Clock, seconds: float) -> Operation:
    """Run the turns of the operation that are due before this time."""
    while clock.now < seconds:
        Operation.objects.filter(pk=operation.pk).update(next_check_at=None)
        pause = runner.run(operation.pk)
        if pause is None:
            break
        clock.sleep(pause)
    operation.refresh_from_db()
    return operation


def away(aws: ScriptedAws, error: Exception, *calls: str) -> None:
    aws.replies |= {call: [error] for call in calls}


def back(aws: ScriptedAws, described: Reply | None = None) -> None:
    aws.replies = {"ecs.describe_clusters": [described or {}]}


def test_an_outage_before_the_first_write_is_waited_out(
    account: Account, operator: User, aws: ScriptedAws, clock: Clock, client: Client
) -> None:
    operation = confirm(draft_of(account, operator, MAKE, observes=(ABSENT,)))
    away(aws, REFUSED, "ecs.describe_clusters", "ecs.create_cluster")
    run_until(operation, clock, 600)
    assert operation.state == "waiting"
    client.force_login(operator)
    page = client.get(f"/operations/{operation.pk}/").content.decode()
    assert "AWS does not answer. The operation retries" in page
    assert "AWS does not answer. Retrying in 20 s." in page
    assert 'id="cancel-button"' in page

    back(aws)

    assert run_until(operation, clock, 700).state == "succeeded"
    assert len(aws.named("ecs.create_cluster")) == 1


def test_an_outage_after_a_write_is_waited_out_and_the_write_looked_up(
    account: Account, operator: User, aws: ScriptedAws, clock: Clock
) -> None:
    step = Step(
        "make",
        "Make",
        "ecs.create_cluster",
        {"clusterName": "shop"},
        repeat=Repeat.LOOKUP,
        lookup="thing_made",
        timeout=60,
    )
    operation = confirm(draft_of(account, operator, step))
    away(aws, LOST, "ecs.describe_clusters", "ecs.create_cluster")
    assert run_until(operation, clock, 600).state == "waiting"

    back(aws, {"made": True})

    assert run_until(operation, clock, 700).state == "succeeded"
    assert len(aws.named("ecs.create_cluster")) == 1


@pytest.mark.parametrize(("error", "state"), [(REFUSED, "failed"), (LOST, "errored")])
def test_an_outage_that_does_not_end_ends_the_operation_which_can_be_retried(
    account: Account, operator: User, aws: ScriptedAws, clock: Clock, client: Client, error: Unavailable, state: str
) -> None:
    operation = confirm(draft_of(account, operator, MAKE))
    away(aws, error, "ecs.create_cluster")
    run_until(operation, clock, OUTAGE_SECONDS * 2)
    assert (operation.state, operation.steps.get().message) == (state, "")
    assert OUTAGE_SECONDS < clock.now <= OUTAGE_SECONDS + BACKOFF_MOST_SECONDS
    assert len(aws.calls) < 60
    client.force_login(operator)
    page = client.get(f"/operations/{operation.pk}/").content.decode()
    assert "No action needed: the call is retried" not in page
    assert page.count("<span>request ") == (3 if error is LOST else 0)

    back(aws)
    control.retry(operation, by=operator, source_ip="", enqueue_run=lambda _: None)

    assert run_until(operation, clock, clock.now + 60).state == "succeeded"


def test_each_of_two_outages_has_its_own_limit(
    account: Account, operator: User, aws: ScriptedAws, clock: Clock
) -> None:
    steps = (MAKE, Step("more", "More", "ecs.tag_resource", {"resourceArn": CLUSTER}, timeout=60))
    operation = confirm(draft_of(account, operator, *steps))
    away(aws, REFUSED, "ecs.create_cluster", "ecs.tag_resource")
    run_until(operation, clock, 800)
    aws.replies["ecs.create_cluster"] = [{}]
    run_until(operation, clock, 1500)
    assert operation.state == "waiting"
    back(aws)
    assert run_until(operation, clock, 1600).state == "succeeded"


def test_in_an_outage_an_operation_is_cancelled_at_once(
    account: Account, operator: User, aws: ScriptedAws, clock: Clock
) -> None:
    operation = confirm(draft_of(account, operator, MAKE))
    away(aws, REFUSED, "ecs.create_cluster")
    run_until(operation, clock, 100)
    control.cancel(operation, by=operator, source_ip="", enqueue_run=lambda _: None)
    run_until(operation, clock, clock.now + 1)
    assert (operation.state, operation.error["message"]) == ("cancelled", "Cancelled by operator")
    assert operation.steps.get().message == ""


def test_cancelling_a_call_without_an_answer_ends_in_errored(
    account: Account, operator: User, aws: ScriptedAws, clock: Clock
) -> None:
    operation = confirm(draft_of(account, operator, MAKE))
    away(aws, LOST, "ecs.create_cluster")
    run_until(operation, clock, 100)
    control.cancel(operation, by=operator, source_ip="", enqueue_run=lambda _: None)
    run_until(operation, clock, clock.now + 1)
    assert operation.state == "errored"
    assert operation.error["message"] == "Cancelled by operator before AWS answered."
