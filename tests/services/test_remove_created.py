"""Undo of an operation, and removal after its failure: the account holds what it held before, and nothing else goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from ecsdash.access.models import User
from ecsdash.aws import buckets
from ecsdash.aws.session import forget
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from ecsdash.operations import control, runner
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.plan import Danger, Level
from tests.operations.drive import TURNS, confirm, drive, errors, review, start, succeed
from tests.processes import Sandbox
from tests.services.account_contents import contents, difference
from tests.services.test_create_wordpress import PLACE, form, opened
from tests.trust.failing_gate import FailingGate
from tests.trust.lost_responses import ResponseLosingProxy


def created(scope: Scope, user: User, sandbox: Sandbox, **changes: object) -> Operation:
    return succeed(start("create_wordpress", user, scope, PLACE, form(**changes)), sandbox, 60)


def removed(operation: Operation, scope: Scope, user: User, sandbox: Sandbox) -> Operation:
    return succeed(start("remove_created", user, scope, PLACE, {"operation": str(operation.pk)}), sandbox, 60)


def test_undo_takes_back_everything_and_the_name_is_free_again(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    before = contents(sandbox)
    removed(created(scope, operator, sandbox), scope, operator, sandbox)
    assert difference(before, contents(sandbox)) == {}

    sweep_now(scope)
    again = created(scope, operator, sandbox)
    assert opened(again.outputs[0]["value"])[0] == 200


@pytest.fixture
def gate(sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingGate]:
    """Without anybody's limit to the rate of calls: these tests create and remove everything again and again."""
    monkeypatch.setattr(buckets, "_buckets", None)
    with FailingGate(sandbox).open() as gate:
        assert isinstance(gate, FailingGate)
        settings.AWS_ENDPOINT_URL = gate.url
        forget()
        yield gate
    forget()


def keys_and_calls(scope: Scope, user: User) -> list[tuple[str, str]]:
    steps = review("create_wordpress", user, scope, PLACE, form()).plan.steps
    return [(step.key, step.call) for step in steps if step.call]


@contextmanager
def undone(sandbox: Sandbox) -> Iterator[None]:
    """Undo what happens in the block, in the database and in the simulated AWS."""
    sandbox.save("undone")
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    sandbox.restore("undone")


def before_calls(
    scope: Scope, user: User, sandbox: Sandbox, gate: FailingGate, *, last_of_kind: bool
) -> Iterator[tuple[str, Operation]]:
    """Run one creation and yield it before its calls, with the key of the next one: before the last call of each kind,
    or before all others. Undo what the test does then."""
    keys = keys_and_calls(scope, user)
    last = {call: key for key, call in keys}.values()
    operation = start("create_wordpress", user, scope, PLACE, form())
    for key, _ in keys:
        if (key in last) == last_of_kind:
            with undone(sandbox):
                yield key, Operation.objects.get(pk=operation.pk)
        if key != keys[-1][0]:
            gate.fail(throttled_at=1)  # the call after this one; the operation waits before it
            turn_until_failed(gate, operation, sandbox)


def turn_until_failed(gate: FailingGate, operation: Operation, sandbox: Sandbox) -> None:
    for _ in range(TURNS):
        sandbox.step(30)
        Operation.objects.filter(pk=operation.pk, next_check_at__isnull=False).update(next_check_at=timezone.now())
        runner.run(operation.pk)
        if gate.failed:
            return
    raise AssertionError(f"no call failed: {list(operation.steps.values())}")


def test_after_a_refusal_the_account_is_as_before(
    scope: Scope, operator: User, sandbox: Sandbox, gate: FailingGate
) -> None:
    """At every step but those of the next test."""
    before, left = contents(sandbox), {}
    for key, operation in before_calls(scope, operator, sandbox, gate, last_of_kind=False):
        gate.fail(refused_at=0)
        drive(operation, sandbox, 60)
        assert (operation.state, operation.steps.get(key=key).state) == ("failed", "failed"), key
        gate.fail()
        removed(operation, scope, operator, sandbox)
        left[key] = difference(before, contents(sandbox))
    assert {key: found for key, found in left.items() if found} == {}


def test_after_a_lost_answer_the_account_is_as_before(
    scope: Scope, operator: User, sandbox: Sandbox, gate: FailingGate
) -> None:
    """One of each kind of call: the operation is cancelled before it learns whether the call took effect."""
    before, left = contents(sandbox), {}
    for key, operation in before_calls(scope, operator, sandbox, gate, last_of_kind=True):
        gate.fail(lost_at=0)
        turn_until_failed(gate, operation, sandbox)
        control.cancel(operation, by=operator, source_ip="127.0.0.1", enqueue_run=lambda _: None)
        gate.fail()
        assert drive(operation, sandbox, 60).state == "errored", key
        assert not operation.steps.get(key=key).answered
        removed(operation, scope, operator, sandbox)
        left[key] = difference(before, contents(sandbox))
    assert {key: found for key, found in left.items() if found} == {}


def test_every_answer_is_lost_once_and_nothing_is_left(
    scope: Scope, operator: User, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both of the creation, of which nothing is there twice, and of the removal."""
    monkeypatch.setattr(buckets, "_buckets", None)
    before = contents(sandbox)
    with ResponseLosingProxy(sandbox).open() as gate:
        assert isinstance(gate, ResponseLosingProxy)
        settings.AWS_ENDPOINT_URL = gate.url
        forget()
        operation = created(scope, operator, sandbox)
        there = contents(sandbox)
        assert {noun: len(there[noun]) - len(before[noun]) for noun in ("secrets", "file systems", "access points",
                "namespaces", "security groups", "task definitions", "load balancers")} == {
            "secrets": 2, "file systems": 2, "access points": 1, "namespaces": 1, "security groups": 5,
            "task definitions": 2, "load balancers": 1,
        }  # fmt: skip
        gate.lost.clear()
        removed(operation, scope, operator, sandbox)
        assert len(gate.lost) > 20
    forget()
    assert difference(before, contents(sandbox)) == {}


def test_what_was_there_before_and_what_others_created_stays(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    """A log group and a cluster from before, and a role of the same name that somebody created in place of ours."""
    ecs, iam = sandbox.client("ecs"), sandbox.client("iam")
    ecs.create_cluster(clusterName="shop")
    sandbox.client("logs").create_log_group(logGroupName="/ecs/blog")
    sweep_now(scope)
    before = contents(sandbox)
    operation = created(scope, operator, sandbox, cluster="shop")
    replace_role(iam, "blog-execution")
    plan = review("remove_created", operator, scope, PLACE, {"operation": str(operation.pk)}).plan
    assert "logs.delete_log_group" not in [step.call for step in plan.steps]
    assert "Existed before, is kept: “Create the log group /ecs/blog”" in [each.title for each in plan.checks]

    removed(operation, scope, operator, sandbox)
    assert difference(before, contents(sandbox)).keys() == {"roles"}
    assert iam.list_attached_role_policies(RoleName="blog-execution")["AttachedPolicies"]


def replace_role(iam: Any, name: str) -> None:
    policy = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"][0]["PolicyArn"]
    iam.detach_role_policy(RoleName=name, PolicyArn=policy)
    for inline in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=inline)
    iam.delete_role(RoleName=name)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName=name, PolicyArn=policy)


def test_a_site_that_never_gets_healthy_is_removed(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    before = contents(sandbox)
    sandbox.set_fault("failing-health-checks", on=True, pattern="service:blog")
    operation = drive(start("create_wordpress", operator, scope, PLACE, form()), sandbox, 60)
    assert (operation.state, operation.error["code"]) == ("failed", "WaitFailed")
    removed(operation, scope, operator, sandbox)
    assert difference(before, contents(sandbox)) == {}


def test_services_of_others_in_the_cluster_block_the_removal(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    operation = created(scope, operator, sandbox)
    definition = sandbox.client("ecs").list_task_definitions(familyPrefix="blog-mysql")["taskDefinitionArns"][0]
    subnets = {"awsvpcConfiguration": {"subnets": form()["subnets"][:1]}}
    sandbox.client("ecs").create_service(cluster="blog", serviceName="other", taskDefinition=definition, desiredCount=0,
                                         launchType="FARGATE", networkConfiguration=subnets)  # fmt: skip
    sweep_now(scope)
    plan = review("remove_created", operator, scope, PLACE, {"operation": str(operation.pk)}).plan
    (found,) = [check for check in plan.checks if check.level is Level.BLOCK]
    assert found.title == "Other services run in the cluster blog: other"
    assert "3 running tasks will stop" in [check.title for check in plan.checks]


def test_the_page_of_an_undone_operation_shows_what_was_removed(
    scope: Scope, operator: User, viewer: User, sandbox: Sandbox, client: Client
) -> None:
    operation = created(scope, operator, sandbox)
    client.force_login(operator)
    address = reverse("operations:detail", args=[operation.pk])
    assert "Undo: remove everything that this created" in client.get(address).content.decode()
    answer = client.post(reverse("operations:undo", args=[operation.pk]))
    assert "/plans/" in answer["Location"]
    draft = Draft.objects.get(undo_of=operation)
    assert ACTIONS[draft.action].danger is Danger.LOSES
    succeed(confirm(draft), sandbox, 60)

    page = client.get(address).content.decode()
    assert "Delete the security group blog-content" in page.split("<h2>Steps</h2>")[0]
    assert "Undo: " not in page
    with pytest.raises(control.NotNow):
        control.retry(operation, by=operator, source_ip="127.0.0.1", enqueue_run=lambda _: None)
    found = errors("remove_created", operator, scope, PLACE, {"operation": str(operation.pk)})
    assert "not one of the available choices" in found["operation"][0]
