"""AWS throttles nine of ten calls for a minute of simulated time. Every operation still succeeds, with at most half as
many additional calls, and its page shows the reason for the delay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.aws import buckets
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from ecsdash.operations import retry, runner
from ecsdash.operations.models import Operation
from tests.clock import Clock
from tests.operations.drive import start
from tests.processes import REGION, Sandbox

EACH = 3  # operations of each kind
THROTTLING_SECONDS, POLL_SECONDS = 60.0, 2.0
SPEED = 10  # seconds of ECS per second of the test clock
NOUNS = ("clusters", "capacity_providers", "task_definitions", "services")
MESSAGE = b"AWS is throttling the calls of this account"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock, began = Clock(), timezone.now()
    monkeypatch.setattr(retry, "random", Random(1))
    monkeypatch.setattr(buckets, "_buckets", buckets.OwnBuckets(clock))
    monkeypatch.setattr(buckets, "enter", partial(buckets.enter, sleep=clock.sleep))
    monkeypatch.setattr(runner, "clock", SimpleNamespace(now=lambda: began + timedelta(seconds=clock.now)))
    return clock


@dataclass
class ParallelOperations:
    """Operations that run in parallel, one turn after the other, with the page of each one open."""

    sandbox: Sandbox
    clock: Clock
    user: User
    operations: list[Operation]
    shown_after: dict[Operation, float] = field(default_factory=dict)
    """Seconds until the page of an operation showed the message."""

    def run(self, throttling_seconds: float) -> int:
        """Run all operations to their end. Return the number of AWS calls."""
        began = self.clock.now
        due = dict.fromkeys(self.operations, began)
        self.sandbox.calls()
        self.sandbox.set_fault("api-throttling", on=throttling_seconds > 0, rate=0.9)
        while due:
            operation = min(due, key=lambda each: due[each])
            while due[operation] >= self.clock.now + POLL_SECONDS and self.clock.now < began + throttling_seconds:
                self._advance_clock_to(self.clock.now + POLL_SECONDS)
                self._poll_pages(self.clock.now - began)
            self._advance_clock_to(due.pop(operation))
            if self.clock.now > began + throttling_seconds:
                self.sandbox.set_fault("api-throttling", on=False)
            Operation.objects.filter(pk=operation.pk).update(next_check_at=None)
            pause = runner.run(operation.pk)
            if pause is not None:
                due[operation] = self.clock.now + pause
        return sum(self.sandbox.calls()["calls"].values())

    @property
    def states(self) -> list[str]:
        return [str(state) for state in Operation.objects.order_by("state").values_list("state", flat=True).distinct()]

    def _advance_clock_to(self, when: float) -> None:
        if when > self.clock.now:
            self.sandbox.step(SPEED * (when - self.clock.now))
            self.clock.now = when

    def _poll_pages(self, seconds: float) -> None:
        client = Client()
        client.force_login(self.user)
        for operation in self.operations:
            if operation not in self.shown_after:
                live = client.get(f"/operations/{operation.pk}/", {"fragment": "progress"})
                if MESSAGE in live.content and MESSAGE in client.get(f"/operations/{operation.pk}/").content:
                    self.shown_after[operation] = seconds


@dataclass
class Operations:
    sandbox: Sandbox
    clock: Clock
    scope: Scope
    user: User

    def parallel(self, name: str) -> ParallelOperations:
        """Start deployments, scalings and cluster creations."""
        services = [f"{name}-{number}" for number in range(2 * EACH)]
        self._create(services)
        deploys = [self._start("deploy_service", {"tag-web": name}, service=each) for each in services[:EACH]]
        scalings = [self._start("scale_service", {"desired_count": "1"}, service=each) for each in services[EACH:]]
        form = {"template": "fargate", "container_insights": "disabled"} | dict.fromkeys(
            ("tags-TOTAL_FORMS", "tags-INITIAL_FORMS"), "0"
        )
        clusters = [self._start("create_cluster", {**form, "name": each}) for each in services[:EACH]]
        return ParallelOperations(self.sandbox, self.clock, self.user, [*deploys, *scalings, *clusters])

    def deployment(self, name: str) -> ParallelOperations:
        """Start a single deployment."""
        self._create([name], desired_count=2)
        alone = self._start("deploy_service", {"tag-web": name}, service=name)
        return ParallelOperations(self.sandbox, self.clock, self.user, [alone])

    def _create(self, services: list[str], desired_count: int = 0) -> None:
        ecs = self.sandbox.client("ecs")
        subnet = self.sandbox.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        network = {"awsvpcConfiguration": {"subnets": [subnet], "assignPublicIp": "ENABLED"}}
        fargate = {"launchType": "FARGATE", "networkConfiguration": network, "desiredCount": desired_count}
        for service in services:
            ecs.create_service(cluster="shop", serviceName=service, taskDefinition="web:1", **fargate)
        self.sandbox.step(60)
        sweep_now(self.scope, *NOUNS)

    def _start(self, action: str, data: Mapping[str, str], **at: str) -> Operation:
        where = {"account": "demo", "region": REGION, **({"cluster": "shop", **at} if at else {})}
        return start(action, self.user, self.scope, where, data)


@pytest.fixture
def operations(aws_account: Account, sandbox: Sandbox, operator: User, clock: Clock) -> Operations:
    ecs = sandbox.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web", networkMode="awsvpc", cpu="256", memory="512", requiresCompatibilities=["FARGATE"],
        containerDefinitions=[{"name": "web", "image": "shop/web:1", "essential": True}],
    )  # fmt: skip
    return Operations(sandbox, clock, Scope(aws_account, REGION), operator)


def test_operations_succeed_although_most_calls_are_throttled_for_a_minute(operations: Operations) -> None:
    needed = operations.parallel("unthrottled").run(throttling_seconds=0)
    operations.clock.now += 600
    running = operations.parallel("throttled")
    calls = running.run(THROTTLING_SECONDS)
    assert running.states == ["succeeded"]
    assert calls <= 1.5 * needed
    assert sum(seconds <= 5 for seconds in running.shown_after.values()) >= 2 * EACH


def test_a_single_operation_notices_throttling_by_a_small_number_of_calls(operations: Operations) -> None:
    needed = operations.deployment("unthrottled").run(throttling_seconds=0)
    operations.clock.now += 600
    alone = operations.deployment("throttled")
    calls = alone.run(THROTTLING_SECONDS)
    assert alone.states == ["succeeded"]
    assert calls <= 1.5 * needed, (calls, needed)
    assert max(alone.shown_after.values()) <= 5
