"""Operations while AWS throttles most calls: do they all succeed, what does it cost, and how soon does a page say so?

The same operations run three times: in calm weather, which tells how many calls they need; then with the throttling
begun when half of them are on their way; nothing is swept meanwhile, so every call is an operation's own. And once more
with sweeps beside them, which ask for the same calls.
"""

import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

from ecsdash.bench.figures import Figure, percentile
from ecsdash.bench.person import Person
from ecsdash.bench.stage import Stage, stage
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import run
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.states import ACTIVE, OperationState
from ecsdash.sandbox.scenarios.clients import Clients

REGION, CLUSTER = "eu-central-1", "bench"
DEPLOYED, NEW = "deployed", "new"  # families: each deployment adds a revision to the first
KINDS = ("deploy", "scale", "create-service", "create-cluster")
SPEED = 10  # simulated seconds in a real one
WORDS = "AWS is throttling"
LOOK_SECONDS = 2.0  # between two looks at the same page, as its live section does it
CALLS_GOAL, WORDS_GOAL_S = 1.5, 5.0
PATIENCE_SECONDS = 240
NO_ROWS = {"tags-TOTAL_FORMS": "0", "tags-INITIAL_FORMS": "0", "strategy-TOTAL_FORMS": "0",
           "strategy-INITIAL_FORMS": "0"}  # fmt: skip


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--operations", type=int, default=20, help="how many run at the same time")
    parser.add_argument("--seconds", type=float, default=60, help="how long AWS throttles")
    parser.add_argument("--rate", type=float, default=0.9, help="the share of the calls that it throttles")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with stage() as servers:
        world = World(servers, options["operations"])
        calm = Round(world, "calm")
        calm.run()
        yield Figure("calls to AWS without throttling", calm.calls, "calls")
        yield Figure("all operations without throttling", calm.took, "s")
        alone = Round(world, "alone", options["rate"], options["seconds"])
        alone.run()
        yield from _figures("alone", alone)
        yield Figure("alone: calls to AWS, over those without throttling", alone.calls, "calls", CALLS_GOAL,
                     bound=calm.calls)  # fmt: skip
        servers.beat()
        swept = Round(world, "swept", options["rate"], options["seconds"])
        swept.run()
        yield from _figures("beside sweeps", swept)


def _figures(which: str, found: "Round") -> Iterator[Figure]:
    number, silent = len(found.watched), [each.silent for each in found.watched]
    yield Figure(f"{which}: succeeded of {number} operations", found.succeeded, "operations", number, "least")
    yield Figure(f"{which}: throttled calls", found.throttled, "calls")
    yield Figure(f"{which}: until the page says so, p50", percentile(silent, 0.5), "s")
    yield Figure(f"{which}: until the page says so, slowest", max(silent), "s", WORDS_GOAL_S)
    yield Figure(f"{which}: answers of pages that are errors", found.errors, "answers", 0)
    yield Figure(f"{which}: end of the throttling to the last end", found.late, "s")


class World:
    """A cluster with a service for each operation that changes one, and somebody who may do everything."""

    def __init__(self, servers: Stage, operations: int) -> None:
        self.servers = servers
        self.kinds = list(islice(cycle(KINDS), operations))
        self.aws = Clients(servers.sandbox("empty", speed=SPEED), REGION)
        account = Account.objects.create(
            alias="bench", name="Bench", account_id="123456789012", regions=[REGION],
            environment=Account.Environment.PRODUCTION,
        )  # fmt: skip
        self.scope = Scope(account, REGION)
        self.subnets = [each["SubnetId"] for each in self.aws["ec2"].describe_subnets()["Subnets"]][:2]
        self.aws["ecs"].create_cluster(clusterName=CLUSTER)
        for family in (DEPLOYED, NEW):
            self.aws["ecs"].register_task_definition(
                family=family, networkMode="awsvpc", cpu="256", memory="512", requiresCompatibilities=["FARGATE"],
                containerDefinitions=[{"name": "web", "image": "public.ecr.aws/bench/web:1", "essential": True}],
            )  # fmt: skip
        servers.web()
        servers.worker()
        self.person = Person(servers)

    def add_service(self, name: str) -> None:
        network = {"awsvpcConfiguration": {"subnets": self.subnets, "assignPublicIp": "ENABLED"}}
        self.aws["ecs"].create_service(
            cluster=CLUSTER, serviceName=name, taskDefinition=f"{DEPLOYED}:1", desiredCount=1, launchType="FARGATE",
            networkConfiguration=network,
        )  # fmt: skip

    def wait_until_steady(self, names: list[str]) -> None:
        waiter = self.aws["ecs"].get_waiter("services_stable")
        for start in range(0, len(names), 10):
            waiter.wait(cluster=CLUSTER, services=names[start : start + 10], WaiterConfig={"Delay": 1})

    def review(self, kind: str, name: str) -> str:
        """Fill in the form of one operation; where its plan is shown."""
        at = f"/bench/{REGION}"
        if kind == "deploy":
            return self.person.post(f"{at}/services/{CLUSTER}/{name}/deploy/", {"tag-web": name})
        if kind == "scale":
            return self.person.post(f"{at}/services/{CLUSTER}/{name}/scale/", {"desired_count": "2"})
        if kind == "create-cluster":
            form = {"name": name, "template": "fargate", "container_insights": "disabled"}
            return self.person.post(f"{at}/clusters/new/", {**form, **NO_ROWS})
        return self.person.post(f"{at}/clusters/{CLUSTER}/services/new/", self._service_form(name))

    def _service_form(self, name: str) -> dict[str, str | list[str]]:
        groups = [each["GroupId"] for each in self.aws["ec2"].describe_security_groups()["SecurityGroups"]][:1]
        chosen = {"compute": "FARGATE", "task_definition": f"{NEW}:1", "service_name": name, "scheduling": "REPLICA"}
        count = {"desired_count": "1", "assign_public_ip": "on", "balancer": "none"}
        deployment = {"minimum_percent": "100", "maximum_percent": "200", "circuit_breaker": "rollback"}
        return {**chosen, **count, **deployment, **NO_ROWS, "subnets": self.subnets, "security_groups": groups}


@dataclass
class Watched:
    """An operation whose page somebody has open. `since` is when AWS could first throttle it, in seconds."""

    page: str
    since: float
    looked: float = 0.0
    said: float = 0.0
    """When its page said so."""

    @property
    def operation(self) -> Operation:
        return Operation.objects.get(pk=self.page.strip("/").rpartition("/")[2])

    @property
    def silent(self) -> float:
        """For how many seconds the page did not say so; until the operation's end when it never did."""
        ended = self.operation.ended_at
        over = self.said or (ended.timestamp() if ended else time.time())
        return max(0.0, over - self.since)


@dataclass
class Round:
    """All operations once, with each one's page open."""

    world: World
    name: str
    rate: float = 0.0
    seconds: float = 0.0
    until: float = 0.0
    watched: list[Watched] = field(default_factory=list)
    succeeded: int = 0
    calls: int = 0
    throttled: int = 0
    errors: int = 0
    took: float = 0.0
    late: float = 0.0
    """Seconds from the end of the throttling to that of the last operation."""

    def run(self) -> None:
        plans = self._plans()
        self.world.servers.sandbox_door("calls", {"reset": True})
        began = time.monotonic()
        self._confirm(plans[: len(plans) // 2])
        self._throttle()
        self._confirm(plans[len(plans) // 2 :])
        over = self._look_on()
        self.took, self.late = time.monotonic() - began, time.monotonic() - over
        told = self.world.servers.sandbox_door("calls", {})
        self.calls, self.throttled = sum(told["calls"].values()), sum(told["throttled"].values())
        self.succeeded = sum(each.operation.state == OperationState.SUCCEEDED for each in self.watched)

    def _confirm(self, plans: list[str]) -> None:
        for plan in plans:
            self.watched.append(Watched(self.world.person.post(f"{plan}confirm/", {}), since=time.time()))
            self._look()

    def _throttle(self) -> None:
        self._weather(on=self.seconds > 0)
        self.until = time.monotonic() + self.seconds
        for each in self.watched:
            each.since = time.time()

    def _look_on(self) -> float:
        """Until all have ended; when the throttling ended."""
        while time.monotonic() < self.until:
            self._look()
        self._weather(on=False)
        over = time.monotonic()
        while self._active() and time.monotonic() < over + PATIENCE_SECONDS:
            self._look()
        return over

    def _plans(self) -> list[str]:
        """Where the reviewed plans are; their checks, which ask AWS, have ended."""
        names = [(kind, f"{self.name}-{kind}-{number}") for number, kind in enumerate(self.world.kinds)]
        present = [name for kind, name in names if kind in ("deploy", "scale")]
        for name in present:
            self.world.add_service(name)
        self.world.wait_until_steady(present)
        run.sweep_now(self.world.scope)
        plans = [self.world.review(kind, name) for kind, name in names]
        while any(len(draft.checked) < len(draft.plan.live_checks) for draft in Draft.objects.all()):
            time.sleep(0.1)
        return plans

    def _weather(self, *, on: bool) -> None:
        self.world.servers.sandbox_door("faults", {"name": "api-throttling", "on": on, "rate": self.rate})

    def _active(self) -> bool:
        return Operation.objects.filter(state__in=ACTIVE).exists()

    def _look(self) -> None:
        """At the pages whose turn has come: at their live section, and once it says so at the whole page."""
        for each in self.watched:
            if time.monotonic() < each.looked + LOOK_SECONDS:
                continue
            each.looked = time.monotonic()
            said = self._says_so(f"{each.page}?fragment=progress")
            if said and not each.said and self._says_so(each.page):
                each.said = time.time()
        time.sleep(0.05)

    def _says_so(self, path: str) -> bool:
        status, text = self.world.person.get(path)
        self.errors += status >= 500
        return WORDS in text
