"""Operations while AWS throttles most calls: whether all succeed, how many calls they need, when a page says so.

The same operations run three times: without throttling, to count the calls that they need; with throttling that begins
when half of them are running, without sweeps, so that all calls belong to operations; and with throttling and sweeps,
which make some of the same calls.
"""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

from ecsdash.bench.bench_user import BenchUser, await_checks
from ecsdash.bench.figures import Figure, percentile
from ecsdash.bench.servers import BenchServers, bench_servers
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import run
from ecsdash.operations.models import Operation
from ecsdash.operations.states import ACTIVE, OperationState
from ecsdash.sandbox.scenarios.clients import Clients

REGION, CLUSTER = "eu-central-1", "bench"
DEPLOYED, NEW = "deployed", "new"  # task definition families: each deployment adds a revision to the first one
KINDS = ("deploy", "scale", "create-service", "create-cluster")
SPEED = 10  # simulated seconds per real second
MESSAGE = "AWS is throttling"
POLL_SECONDS = 2.0  # interval of the live section of a page
CALLS_GOAL, MESSAGE_GOAL_S = 1.5, 5.0
TIMEOUT_SECONDS = 240
EMPTY_FORMSETS = {"tags-TOTAL_FORMS": "0", "tags-INITIAL_FORMS": "0", "strategy-TOTAL_FORMS": "0",
           "strategy-INITIAL_FORMS": "0"}  # fmt: skip


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--operations", type=int, default=20, help="number of simultaneous operations")
    parser.add_argument("--seconds", type=float, default=60, help="duration of the throttling")
    parser.add_argument("--rate", type=float, default=0.9, help="share of the calls that are throttled")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with bench_servers() as servers:
        account = BenchAccount(servers, options["operations"])
        unthrottled = Run(account, "unthrottled")
        unthrottled.run()
        yield Figure("calls to AWS without throttling", unthrottled.calls, "calls")
        yield Figure("all operations without throttling", unthrottled.took, "s")
        alone = Run(account, "alone", options["rate"], options["seconds"])
        alone.run()
        yield from _figures("alone", alone)
        yield Figure("alone: calls to AWS, over those without throttling", alone.calls, "calls", CALLS_GOAL,
                     bound=unthrottled.calls)  # fmt: skip
        servers.beat()
        swept = Run(account, "swept", options["rate"], options["seconds"])
        swept.run()
        yield from _figures("with sweeps", swept)


def _figures(label: str, run: "Run") -> Iterator[Figure]:
    number, unmentioned = len(run.watched), [each.seconds_unmentioned for each in run.watched]
    yield Figure(f"{label}: succeeded of {number} operations", run.succeeded, "operations", number, "least")
    yield Figure(f"{label}: throttled calls", run.throttled, "calls")
    yield Figure(f"{label}: until the page mentions the throttling, p50", percentile(unmentioned, 0.5), "s")
    yield Figure(f"{label}: until the page mentions the throttling, slowest", max(unmentioned), "s", MESSAGE_GOAL_S)
    yield Figure(f"{label}: error responses of pages", run.errors, "responses", 0)
    yield Figure(f"{label}: end of the throttling to the last end", run.seconds_after, "s")


class BenchAccount:
    """An account with a cluster, a service for each operation that changes one, and an administrator."""

    def __init__(self, servers: BenchServers, operations: int) -> None:
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
        self.user = BenchUser(servers)

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
        """Submit the form of one operation. Return the URL of its plan."""
        at = f"/bench/{REGION}"
        if kind == "deploy":
            return self.user.post(f"{at}/services/{CLUSTER}/{name}/deploy/", {"tag-web": name})
        if kind == "scale":
            return self.user.post(f"{at}/services/{CLUSTER}/{name}/scale/", {"desired_count": "2"})
        if kind == "create-cluster":
            form = {"name": name, "template": "fargate", "container_insights": "disabled"}
            return self.user.post(f"{at}/clusters/new/", {**form, **EMPTY_FORMSETS})
        return self.user.post(f"{at}/clusters/{CLUSTER}/services/new/", self._service_form(name))

    def _service_form(self, name: str) -> dict[str, str]:
        groups = [each["GroupId"] for each in self.aws["ec2"].describe_security_groups()["SecurityGroups"]][:1]
        network = {"subnets": self.subnets, "securityGroups": groups, "assignPublicIp": "ENABLED"}
        document = {
            "serviceName": name,
            "taskDefinition": f"{NEW}:1",
            "desiredCount": 1,
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": network},
            "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
        }
        return {"json": json.dumps(document)}


@dataclass
class WatchedOperation:
    """An operation whose page is open. `since` is the time from which AWS may throttle it."""

    page: str
    since: float
    polled_at: float = 0.0
    said_at: float = 0.0
    """When its page first mentioned the throttling."""

    @property
    def operation(self) -> Operation:
        return Operation.objects.get(pk=self.page.strip("/").rpartition("/")[2])

    @property
    def seconds_unmentioned(self) -> float:
        """Seconds until the page mentioned the throttling, or until the end of the operation."""
        ended = self.operation.ended_at
        end = self.said_at or (ended.timestamp() if ended else time.time())
        return max(0.0, end - self.since)


@dataclass
class Run:
    """One run of all operations, with the page of each one open."""

    account: BenchAccount
    name: str
    rate: float = 0.0
    seconds: float = 0.0
    until: float = 0.0
    watched: list[WatchedOperation] = field(default_factory=list)
    succeeded: int = 0
    calls: int = 0
    throttled: int = 0
    errors: int = 0
    took: float = 0.0
    seconds_after: float = 0.0
    """Seconds from the end of the throttling to the end of the last operation."""

    def run(self) -> None:
        plans = self._plans()
        self.account.servers.sandbox_admin("calls", {"reset": True})
        began = time.monotonic()
        self._confirm(plans[: len(plans) // 2])
        self._throttle()
        self._confirm(plans[len(plans) // 2 :])
        over = self._poll_until_ended()
        self.took, self.seconds_after = time.monotonic() - began, time.monotonic() - over
        calls = self.account.servers.sandbox_admin("calls", {})
        self.calls, self.throttled = sum(calls["calls"].values()), sum(calls["throttled"].values())
        self.succeeded = sum(each.operation.state == OperationState.SUCCEEDED for each in self.watched)

    def _confirm(self, plans: list[str]) -> None:
        for plan in plans:
            self.watched.append(WatchedOperation(self.account.user.post(f"{plan}confirm/", {}), since=time.time()))
            self._poll()

    def _throttle(self) -> None:
        self._set_throttling(on=self.seconds > 0)
        self.until = time.monotonic() + self.seconds
        for each in self.watched:
            each.since = time.time()

    def _poll_until_ended(self) -> float:
        """Poll the pages until all operations have ended. Return the time at which the throttling ended."""
        while time.monotonic() < self.until:
            self._poll()
        self._set_throttling(on=False)
        over = time.monotonic()
        while self._active() and time.monotonic() < over + TIMEOUT_SECONDS:
            self._poll()
        return over

    def _plans(self) -> list[str]:
        """Review all operations and wait for the checks that call AWS. Return the URLs of the plans."""
        names = [(kind, f"{self.name}-{kind}-{number}") for number, kind in enumerate(self.account.kinds)]
        present = [name for kind, name in names if kind in ("deploy", "scale")]
        for name in present:
            self.account.add_service(name)
        self.account.wait_until_steady(present)
        run.sweep_now(self.account.scope)
        plans = [self.account.review(kind, name) for kind, name in names]
        await_checks()
        return plans

    def _set_throttling(self, *, on: bool) -> None:
        self.account.servers.sandbox_admin("faults", {"name": "api-throttling", "on": on, "rate": self.rate})

    def _active(self) -> bool:
        return Operation.objects.filter(state__in=ACTIVE).exists()

    def _poll(self) -> None:
        """Poll the live sections that are due, and load the whole page when a section mentions the throttling."""
        for each in self.watched:
            if time.monotonic() < each.polled_at + POLL_SECONDS:
                continue
            each.polled_at = time.monotonic()
            mentioned = self._mentions_throttling(f"{each.page}?fragment=progress")
            if mentioned and not each.said_at and self._mentions_throttling(each.page):
                each.said_at = time.time()
        time.sleep(0.05)

    def _mentions_throttling(self, path: str) -> bool:
        status, text = self.account.user.get(path)
        self.errors += status >= 500
        return MESSAGE in text
