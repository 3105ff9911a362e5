"""Plans for several resources: each item has its own result, and what one item does never stops another one."""

from collections.abc import Iterator
from typing import Any

import pytest

from ecsdash.access.models import User
from ecsdash.aws.calls import Aws
from ecsdash.inventory.models import Account
from ecsdash.operations import control, hooks, runner
from ecsdash.operations.hooks import Progress
from ecsdash.operations.item_runs import ItemRuns, ItemState
from ecsdash.operations.items import Item
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Step
from ecsdash.operations.states import StepState
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.drive import confirm, drive, succeed
from tests.users import person

#: Names of things whose wait fails.
BROKEN: set[str] = set()
#: Names of things whose wait does not end.
SLOW: set[str] = set()


@pytest.fixture(autouse=True)
def things() -> Iterator[None]:
    """A condition that fails for BROKEN things, and waits for SLOW ones."""

    def thing_ready(aws: Aws, name: str) -> Progress:
        failed = f"{name} broke" if name in BROKEN else ""
        return Progress(0, 1, "waiting", finished=name not in SLOW, failed=failed)

    hooks.CONDITIONS["thing_ready"] = thing_ready
    yield
    del hooks.CONDITIONS["thing_ready"]
    BROKEN.clear()
    SLOW.clear()


def several(account: Account, user: User, *names: str, **plan: Any) -> Operation:
    """Confirm a plan with one item for each name: a call, a wait, and another call."""
    steps = [
        step
        for name in names
        for step in (
            Step(f"make_{name}", f"Make {name}", "test.make", {"name": name}, item=name),
            Step(f"wait_{name}", f"Wait for {name}", until="thing_ready", until_params={"name": name}, item=name),
            Step(f"name_{name}", f"Name {name}", "test.name", {"name": name}, item=name),
        )
    ]
    items = tuple(Item(name, f"arn:{name}", "shop", name) for name in names)
    more = {"stop_after": 1, "at_once": 1, **plan}
    return confirm(draft_of(account, user, *steps, key=f"arn:{'-'.join(names)}", items=items, **more))


def states(operation: Operation) -> dict[str, ItemState]:
    pairs = list(zip(operation.steps.all(), operation.plan.steps, strict=True))
    return {run.item.name: run.state for run in ItemRuns.of(operation.plan, pairs).items}


def made(aws: ScriptedAws) -> list[str]:
    return [params["name"] for params in aws.named("test.make")]


def test_every_item_is_done(account: Account, operator: User, aws: ScriptedAws) -> None:
    operation = succeed(several(account, operator, "a", "b", "c"))
    assert [params["name"] for _, params in aws.calls] == ["a", "a", "b", "b", "c", "c"]
    assert set(states(operation).values()) == {ItemState.SUCCEEDED}


def test_the_items_behind_a_failed_one_are_done_until_too_many_have_failed(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    BROKEN.update({"a", "c"})
    operation = drive(several(account, operator, "a", "b", "c", "d", stop_after=2))
    assert states(operation) == {
        "a": ItemState.FAILED, "b": ItemState.SUCCEEDED, "c": ItemState.FAILED, "d": ItemState.NOT_STARTED,
    }  # fmt: skip
    assert operation.state == "failed"
    assert operation.error["message"] == "2 of 4 failed. Failed: a, c. Succeeded: b. Not started: d."
    assert made(aws) == ["a", "b", "c"]


def test_the_first_failure_stops_the_rest_unless_more_are_allowed(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    BROKEN.add("a")
    drive(several(account, operator, "a", "b"))
    assert made(aws) == ["a"]


def test_items_wait_at_the_same_time_but_not_more_than_the_plan_says(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    SLOW.update({"a", "b", "c"})
    operation = several(account, operator, "a", "b", "c", at_once=2)
    runner.run(operation.pk)
    assert made(aws) == ["a", "b"]
    SLOW.clear()
    succeed(operation)
    assert made(aws) == ["a", "b", "c"]


def test_an_item_in_progress_is_ended_after_another_one_has_failed(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    SLOW.update({"a", "b"})
    operation = several(account, operator, "a", "b", "c", at_once=2)
    runner.run(operation.pk)
    SLOW.clear()
    BROKEN.add("a")
    drive(operation)
    assert states(operation)["b"] == ItemState.SUCCEEDED
    assert states(operation)["c"] == ItemState.NOT_STARTED


def test_a_retry_continues_the_failed_items_and_those_that_did_not_start(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    BROKEN.add("a")
    operation = drive(several(account, operator, "a", "b"))
    BROKEN.clear()
    control.retry(operation, by=operator, source_ip="127.0.0.1", enqueue_run=lambda _: None)
    succeed(operation)
    assert made(aws) == ["a", "b"]


def test_a_cancel_ends_every_item_before_its_next_call(account: Account, operator: User, aws: ScriptedAws) -> None:
    SLOW.update({"a", "b"})
    operation = several(account, operator, "a", "b", "c", at_once=2)
    runner.run(operation.pk)
    control.cancel(operation, by=operator, source_ip="127.0.0.1", enqueue_run=lambda _: None)
    drive(operation)
    assert operation.state == "cancelled"
    assert states(operation) == {
        "a": ItemState.CANCELLED, "b": ItemState.CANCELLED, "c": ItemState.NOT_STARTED,
    }  # fmt: skip
    assert not operation.steps.filter(state__in=[StepState.WAITING, StepState.CALLED]).exists()
    assert not aws.named("test.name")


def test_no_other_operation_changes_a_resource_of_an_active_one(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    SLOW.add("a")
    running = several(account, operator, "a", "b")
    alone = draft_of(account, operator, Step("make", "Make", "test.make"), key="arn:b")
    with pytest.raises(control.AlreadyRunning) as refused:
        confirm(alone)
    assert refused.value.operation == running
    with pytest.raises(control.AlreadyRunning):
        several(account, operator, "b", "c")
    assert Operation.objects.count() == 1
    SLOW.clear()
    succeed(running)
    confirm(alone)


def test_items_do_not_begin_while_one_resource_is_changed_by_another_operation(
    account: Account, operator: User, aws: ScriptedAws
) -> None:
    confirm(draft_of(account, operator, Step("make", "Make", "test.make"), key="arn:b"))
    with pytest.raises(control.AlreadyRunning):
        several(account, operator, "a", "b")


def test_only_who_may_see_every_item_sees_the_operation(account: Account, operator: User, aws: ScriptedAws) -> None:
    operation = several(account, operator, "web-a", "billing")
    Operation.objects.filter(pk=operation.pk).update(cluster="shop", service="")
    of_web = person("web", "deployer", account="demo", cluster="shop", service="web-*")
    of_shop = person("shop", "viewer", account="demo", cluster="shop")
    assert not Operation.objects.visible_to(of_web).exists()
    assert Operation.objects.visible_to(of_shop).exists()
    assert Operation.objects.visible_to(operator).of_service(operation.scope, "shop", "billing").exists()
