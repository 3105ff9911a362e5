"""From the click to the steady service: how soon AWS hears of it, how often it is asked, beside ecs-deploy."""

import subprocess
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from support import product
from support.environment import clean
from support.install import CLIENTS, ensure_clients

from ecsdash.bench.figures import Figure, percentile
from ecsdash.bench.person import Person
from ecsdash.bench.stage import Stage, stage
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import run
from ecsdash.operations.models import Operation
from ecsdash.operations.states import OperationState
from ecsdash.sandbox.scenarios.clients import Clients
from services.models import Service

REGION, CLUSTER, SERVICE = "eu-central-1", "bench", "web"
SPEED = 1000  # simulated seconds in a real one: a service is steady after a few ticks of the simulated AWS
NOUNS = ("clusters", "task_definitions", "services", "tasks", "service_deployments")
CLICK_GOAL_MS = 150
CALLS_GOAL = 9 + 1  # one more for each ten services polled
LATER_GOAL_S = 0.5
PATIENCE_SECONDS = 60
EASY_SECONDS = 1.0  # between two clicks: ECS lets one revision be registered a second, and we keep to that
FIRST_WRITE = "ecs:RegisterTaskDefinition"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--deploys", type=int, default=40, help="clicks, one after the other")
    parser.add_argument("--peers", type=int, default=5, help="deploys by ecs-deploy, and as many by us")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with stage() as servers:
        url = servers.sandbox("empty", speed=SPEED)
        build(url)
        scope = _inventory()
        servers.web()
        servers.start("worker", product.worker(), API_SHARE="100")
        user = Deployer(servers, scope)
        user.deploy()  # everything is warm from here on
        yield from _alone(user, options["peers"], url)
        servers.beat()
        yield from _clicks(user, options["deploys"])


def _alone(user: "Deployer", times: int, url: str) -> Iterator[Figure]:
    """Without beat nothing is swept: every call that the simulated AWS gets is the operation's own."""
    ours = [user.deploy() for _ in range(times)]
    ensure_clients()
    theirs = [ecs_deploy(user.servers, url, f"peer-{number}") for number in range(times)]
    calls, peer_calls = median(each.calls for each in ours), median(each.calls for each in theirs)
    yield Figure("calls to AWS of one deploy", calls, "calls", CALLS_GOAL)
    yield Figure("ecs-deploy: calls to AWS of one deploy", peer_calls, "calls")
    steady, peer = median(each.steady for each in ours), median(each.steady for each in theirs)
    yield Figure("click to steady", steady, "s")
    yield Figure("ecs-deploy: start to steady", peer, "s")
    yield Figure("click to steady, later than ecs-deploy", steady - peer, "s", LATER_GOAL_S)


def _clicks(user: "Deployer", times: int) -> Iterator[Figure]:
    """With everything running, sweeps among it."""
    found = [user.deploy(after=EASY_SECONDS) for _ in range(times)]
    first = [1000 * each.first_write for each in found]
    yield Figure(f"click to first AWS write, {times} deploys: p50", percentile(first, 0.5), "ms")
    yield Figure(f"click to first AWS write, {times} deploys: p95", percentile(first, 0.95), "ms", CLICK_GOAL_MS)
    yield Figure("click to answer of the page: p95", percentile([1000 * each.answer for each in found], 0.95), "ms")
    yield Figure("calls to AWS of one deploy, sweeps included", median(each.calls for each in found), "calls")


@dataclass(frozen=True)
class Deployed:
    """Seconds from the click, and the calls that AWS got."""

    answer: float
    first_write: float
    steady: float
    calls: int


class Deployer:
    """Somebody signed in, who deploys a new tag again and again."""

    def __init__(self, servers: Stage, scope: Scope) -> None:
        self.servers, self.scope, self.number = servers, scope, 0
        self.person = Person(servers)

    def deploy(self, after: float = 0) -> Deployed:
        """Review a new tag, then confirm: the click is the second form."""
        time.sleep(after)
        self.number += 1
        run.sweep_now(self.scope, "task_definitions", "services")
        path = f"/bench/{REGION}/services/{CLUSTER}/{SERVICE}/deploy/"
        review = self.person.post(path, {f"tag-{SERVICE}": f"release-{self.number}"})
        self.servers.sandbox_door("calls", {"reset": True})
        began, clock = time.perf_counter(), time.time()
        operation = self.person.post(f"{review}confirm/", {})
        answered = time.perf_counter() - began
        steady = self._steady(operation) - began
        told = self.servers.sandbox_door("calls", {})
        return Deployed(answered, told["first"][FIRST_WRITE] - clock, steady, sum(told["calls"].values()))

    def _steady(self, operation: str) -> float:
        """When the operation has succeeded; looked at in the database, so that no page takes the processor."""
        row = Operation.objects.filter(pk=operation.strip("/").rpartition("/")[2])
        deadline = time.perf_counter() + PATIENCE_SECONDS
        while (state := row.values_list("state", flat=True).get()) != OperationState.SUCCEEDED:
            if not OperationState(state).active or time.perf_counter() > deadline:
                raise RuntimeError(f"a deployment ended as {state}: {row.values('error').get()}")
            time.sleep(0.005)
        return time.perf_counter()


def ecs_deploy(servers: Stage, url: str, tag: str) -> Deployed:
    """The same by ecs-deploy, from its start as a program."""
    told = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    servers.sandbox_door("calls", {"reset": True})
    began, clock = time.perf_counter(), time.time()
    command = [
        str(CLIENTS / "bin" / "ecs"),
        "deploy",
        CLUSTER,
        SERVICE,
        "--tag",
        tag,
        "--timeout",
        str(PATIENCE_SECONDS),
    ]
    done = subprocess.run(  # noqa: S603 a program that we installed
        command, env={**clean({}), **told, "AWS_DEFAULT_REGION": REGION}, capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"ecs-deploy failed: {done.stdout} {done.stderr}")
    calls = servers.sandbox_door("calls", {})
    return Deployed(took, calls["first"][FIRST_WRITE] - clock, took, sum(calls["calls"].values()))


def build(url: str) -> None:
    """A steady Fargate service of two tasks."""
    aws = Clients(url, REGION)
    subnets = [each["SubnetId"] for each in aws["ec2"].describe_subnets()["Subnets"]][:2]
    aws["ecs"].create_cluster(clusterName=CLUSTER)
    aws["ecs"].register_task_definition(
        family=SERVICE, networkMode="awsvpc", cpu="256", memory="512", requiresCompatibilities=["FARGATE"],
        containerDefinitions=[{"name": SERVICE, "image": "public.ecr.aws/bench/web:1", "essential": True}],
    )  # fmt: skip
    aws["ecs"].create_service(
        cluster=CLUSTER, serviceName=SERVICE, taskDefinition=SERVICE, desiredCount=2, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
    )  # fmt: skip
    aws["ecs"].get_waiter("services_stable").wait(cluster=CLUSTER, services=[SERVICE], WaiterConfig={"Delay": 1})


def _inventory() -> Scope:
    account = Account.objects.create(
        alias="bench", name="Bench", account_id="123456789012", regions=[REGION],
        environment=Account.Environment.PRODUCTION,
    )  # fmt: skip
    scope = Scope(account, REGION)
    run.sweep_now(scope, *NOUNS)
    if not Service.objects.exists():
        raise RuntimeError("the service was not swept")
    return scope
