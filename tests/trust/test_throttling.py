"""AWS throttles nine of ten calls for a minute, by a clock of the test's own: every operation ends well all the same,
in few more calls than it needs, and its page says why it takes so long."""

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
STORM_SECONDS, LOOK_SECONDS = 60.0, 2.0
SPEED = 10  # simulated seconds of ECS in one of the test's
NOUNS = ("clusters", "capacity_providers", "task_definitions", "services")
WORDS = b"AWS is throttling the calls of this account"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock, began = Clock(), timezone.now()
    monkeypatch.setattr(retry, "random", Random(1))
    monkeypatch.setattr(buckets, "_buckets", buckets.OwnBuckets(clock))
    monkeypatch.setattr(buckets, "enter", partial(buckets.enter, sleep=clock.sleep))
    monkeypatch.setattr(runner, "timezone", SimpleNamespace(now=lambda: began + timedelta(seconds=clock.now)))
    return clock


@dataclass
class Crowd:
    """Operations that run at the same time, each at its turn, and somebody who has all their pages open."""

    sandbox: Sandbox
    clock: Clock
    user: User
    operations: list[Operation]
    said_after: dict[Operation, float] = field(default_factory=dict)
    """Seconds until the page of an operation said that AWS is throttling."""

    def run(self, storm_seconds: float) -> int:
        """Until all have ended; how many calls that took."""
        began = self.clock.now
        due = dict.fromkeys(self.operations, began)
        self.sandbox.calls()
        self.sandbox.set_fault("api-throttling", on=storm_seconds > 0, rate=0.9)
        while due:
            operation = min(due, key=lambda each: due[each])
            while due[operation] >= self.clock.now + LOOK_SECONDS and self.clock.now < began + storm_seconds:
                self._pass_time_until(self.clock.now + LOOK_SECONDS)
                self._look(self.clock.now - began)
            self._pass_time_until(due.pop(operation))
            if self.clock.now > began + storm_seconds:
                self.sandbox.set_fault("api-throttling", on=False)
            Operation.objects.filter(pk=operation.pk).update(next_check_at=None)
            pause = runner.run(operation.pk)
            if pause is not None:
                due[operation] = self.clock.now + pause
        return sum(self.sandbox.calls()["calls"].values())

    @property
    def states(self) -> list[str]:
        return [str(state) for state in Operation.objects.order_by("state").values_list("state", flat=True).distinct()]

    def _pass_time_until(self, when: float) -> None:
        if when > self.clock.now:
            self.sandbox.step(SPEED * (when - self.clock.now))
            self.clock.now = when

    def _look(self, seconds: float) -> None:
        client = Client()
        client.force_login(self.user)
        for operation in self.operations:
            if operation not in self.said_after:
                live = client.get(f"/operations/{operation.pk}/", {"fragment": "progress"})
                if WORDS in live.content and WORDS in client.get(f"/operations/{operation.pk}/").content:
                    self.said_after[operation] = seconds


@dataclass
class Stage:
    sandbox: Sandbox
    clock: Clock
    scope: Scope
    user: User

    def crowd(self, name: str) -> Crowd:
        """Deploys, scalings and creations of clusters, all confirmed."""
        services = [f"{name}-{number}" for number in range(2 * EACH)]
        self._create(services)
        deploys = [self._start("deploy_service", {"tag-web": name}, service=each) for each in services[:EACH]]
        scalings = [self._start("scale_service", {"desired_count": "1"}, service=each) for each in services[EACH:]]
        form = {"template": "fargate", "container_insights": "disabled"} | dict.fromkeys(
            ("tags-TOTAL_FORMS", "tags-INITIAL_FORMS"), "0"
        )
        clusters = [self._start("create_cluster", {**form, "name": each}) for each in services[:EACH]]
        return Crowd(self.sandbox, self.clock, self.user, [*deploys, *scalings, *clusters])

    def deployment(self, name: str) -> Crowd:
        """One alone."""
        self._create([name], desired_count=2)
        alone = self._start("deploy_service", {"tag-web": name}, service=name)
        return Crowd(self.sandbox, self.clock, self.user, [alone])

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
def stage(aws_account: Account, sandbox: Sandbox, operator: User, clock: Clock) -> Stage:
    ecs = sandbox.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web", networkMode="awsvpc", cpu="256", memory="512", requiresCompatibilities=["FARGATE"],
        containerDefinitions=[{"name": "web", "image": "shop/web:1", "essential": True}],
    )  # fmt: skip
    return Stage(sandbox, clock, Scope(aws_account, REGION), operator)


def test_operations_wait_out_a_minute_in_which_most_calls_are_throttled(stage: Stage) -> None:
    needed = stage.crowd("calm").run(storm_seconds=0)
    stage.clock.now += 600
    crowd = stage.crowd("storm")
    made = crowd.run(STORM_SECONDS)
    assert crowd.states == ["succeeded"]
    assert made <= 1.5 * needed
    assert sum(seconds <= 5 for seconds in crowd.said_after.values()) >= 2 * EACH


def test_an_operation_alone_finds_the_storm_out_by_few_calls(stage: Stage) -> None:
    needed = stage.deployment("calm").run(storm_seconds=0)
    stage.clock.now += 600
    alone = stage.deployment("storm")
    made = alone.run(STORM_SECONDS)
    assert alone.states == ["succeeded"]
    assert made <= 1.5 * needed, (made, needed)
    assert max(alone.said_after.values()) <= 5
