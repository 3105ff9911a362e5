"""Deployments from the click to the steady service: time to the first AWS call, number of calls, and a comparison with
ecs-deploy."""

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

from ecsdash.bench.bench_user import BenchUser, await_checks
from ecsdash.bench.figures import Figure, percentile
from ecsdash.bench.servers import BenchServers, bench_servers
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import run
from ecsdash.operations.models import Operation
from ecsdash.operations.states import OperationState
from ecsdash.sandbox.scenarios.clients import Clients
from services.models import Service

REGION, CLUSTER, SERVICE = "eu-central-1", "bench", "web"
SPEED = 1000  # simulated seconds per real second: a service is steady after a few ticks of the simulated AWS
NOUNS = ("clusters", "task_definitions", "services", "tasks", "service_deployments")
CLICK_GOAL_MS = 80
CALLS_GOAL = 9 + 1  # one more for each ten services polled
DIFFERENCE_GOAL_S = 0.5
TIMEOUT_SECONDS = 60
WARM_UPS = 3  # while the worker makes its clients for the first sweeps
PAUSE_SECONDS = 1.0  # between two deployments: ECS allows one RegisterTaskDefinition a second
FIRST_WRITE = "ecs:RegisterTaskDefinition"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--deploys", type=int, default=40, help="number of deployments, one after the other")
    parser.add_argument(
        "--ecs-deploys", type=int, default=5, help="number of deployments by ecs-deploy, and of ours to compare with"
    )


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with bench_servers() as servers:
        url = servers.sandbox("empty", speed=SPEED)
        build(url)
        scope = _inventory()
        servers.web()
        servers.start("worker", product.worker(), API_SHARE="100")
        deployer = Deployer(servers, scope)
        deployer.deploy()  # warm-up
        yield from _without_sweeps(deployer, options["ecs_deploys"], url)
        servers.beat()
        for _ in range(WARM_UPS):
            deployer.deploy(after=PAUSE_SECONDS)
        yield from _with_sweeps(deployer, options["deploys"])


def _without_sweeps(deployer: "Deployer", times: int, url: str) -> Iterator[Figure]:
    """Measure without beat, so that all AWS calls belong to the deployment. Compare with ecs-deploy."""
    ours = [deployer.deploy() for _ in range(times)]
    ensure_clients()
    theirs = [ecs_deploy(deployer.servers, url, f"peer-{number}") for number in range(times)]
    calls, peer_calls = median(each.calls for each in ours), median(each.calls for each in theirs)
    yield Figure("calls to AWS of one deploy", calls, "calls", CALLS_GOAL)
    yield Figure("ecs-deploy: calls to AWS of one deploy", peer_calls, "calls")
    steady, peer = median(each.steady for each in ours), median(each.steady for each in theirs)
    yield Figure("click to steady", steady, "s")
    yield Figure("ecs-deploy: start to steady", peer, "s")
    yield Figure("click to steady, later than ecs-deploy", steady - peer, "s", DIFFERENCE_GOAL_S)


def _with_sweeps(deployer: "Deployer", times: int) -> Iterator[Figure]:
    """Measure with all processes running, including sweeps."""
    deployed = [deployer.deploy(after=PAUSE_SECONDS) for _ in range(times)]
    first = [1000 * each.first_write for each in deployed]
    yield Figure(f"click to first AWS write, {times} deploys: p50", percentile(first, 0.5), "ms")
    yield Figure(f"click to first AWS write, {times} deploys: p95", percentile(first, 0.95), "ms", CLICK_GOAL_MS)
    yield Figure(
        "click to response of the page: p95", percentile([1000 * each.response for each in deployed], 0.95), "ms"
    )
    yield Figure("calls to AWS of one deploy, sweeps included", median(each.calls for each in deployed), "calls")


@dataclass(frozen=True)
class Deployed:
    """Times of one deployment in seconds from the click, and its number of AWS calls."""

    response: float
    first_write: float
    steady: float
    calls: int


class Deployer:
    """A signed-in user who deploys a new image tag each time."""

    def __init__(self, servers: BenchServers, scope: Scope) -> None:
        self.servers, self.scope, self.number = servers, scope, 0
        self.user = BenchUser(servers)

    def deploy(self, after: float = 0) -> Deployed:
        """Review a new tag, then confirm it. Times count from the submission of the confirmation."""
        time.sleep(after)
        self.number += 1
        run.sweep_now(self.scope, "task_definitions", "services")
        path = f"/bench/{REGION}/services/{CLUSTER}/{SERVICE}/deploy/"
        review = self.user.post(path, {f"tag-{SERVICE}": f"release-{self.number}"})
        await_checks()
        self.servers.sandbox_admin("calls", {"reset": True})
        began, clock = time.perf_counter(), time.time()
        operation = self.user.post(f"{review}confirm/", {})
        response = time.perf_counter() - began
        steady = self._steady(operation) - began
        calls = self.servers.sandbox_admin("calls", {})
        return Deployed(response, calls["first"][FIRST_WRITE] - clock, steady, sum(calls["calls"].values()))

    def _steady(self, operation: str) -> float:
        """Wait until the operation has succeeded and return the time. Reads the database: pages would need CPU time."""
        row = Operation.objects.filter(pk=operation.strip("/").rpartition("/")[2])
        deadline = time.perf_counter() + TIMEOUT_SECONDS
        while (state := row.values_list("state", flat=True).get()) != OperationState.SUCCEEDED:
            if not OperationState(state).active or time.perf_counter() > deadline:
                raise RuntimeError(f"a deployment ended as {state}: {row.values('error').get()}")
            time.sleep(0.005)
        return time.perf_counter()


def ecs_deploy(servers: BenchServers, url: str, tag: str) -> Deployed:
    """Deploy a tag by ecs-deploy. Times count from the start of the program."""
    variables = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    servers.sandbox_admin("calls", {"reset": True})
    began, clock = time.perf_counter(), time.time()
    command = [
        str(CLIENTS / "bin" / "ecs"),
        "deploy",
        CLUSTER,
        SERVICE,
        "--tag",
        tag,
        "--timeout",
        str(TIMEOUT_SECONDS),
    ]
    done = subprocess.run(  # noqa: S603 installed by ensure_clients
        command,
        env={**clean({}), **variables, "AWS_DEFAULT_REGION": REGION},
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"ecs-deploy failed: {done.stdout} {done.stderr}")
    calls = servers.sandbox_admin("calls", {})
    return Deployed(took, calls["first"][FIRST_WRITE] - clock, took, sum(calls["calls"].values()))


def build(url: str) -> None:
    """Create a Fargate service of two tasks and wait until it is steady."""
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
        raise RuntimeError("the sweep did not find the service")
    return scope
