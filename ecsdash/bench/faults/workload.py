"""Operations on some services at the same time, and what they did at AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from django.db import connection

from ecsdash.aws.calls import batches
from ecsdash.bench.bench_user import BenchUser
from ecsdash.bench.faults.installation import Installation
from ecsdash.bench.faults.targets import CHANGES, CLUSTER, Target
from ecsdash.bench.servers import wait_until
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import run
from ecsdash.operations.models import Draft
from ecsdash.sandbox.scenarios.clients import Clients

REGION: Final = "eu-central-1"
SERVICES_PER_CALL: Final = 10  # of DescribeServices
SPEED: Final = 60.0  # simulated seconds per second
NOUNS: Final = (
    "clusters", "vpcs", "subnets", "security_groups", "task_definitions", "services", "service_deployments",
)  # fmt: skip
OPERATIONS: Final = "SELECT id::text, state, fence, coalesce(error->>'code', '') FROM operations_operation"
ACTIVE: Final = {"pending", "running", "waiting"}


@dataclass(frozen=True)
class Seen:
    """An operation as the database has it."""

    state: str
    fence: int
    error: str


class Workload:
    """Changes of `services` services at the same time, each by one operation in each round."""

    def __init__(self, installation: Installation, services: int) -> None:
        self.installation = installation
        self.round = 0
        self.aws = Clients(installation.servers.sandbox("empty", speed=SPEED), REGION)
        subnets = [each["SubnetId"] for each in self.aws["ec2"].describe_subnets()["Subnets"]][:2]
        self.targets = [Target(f"web-{number}", subnets) for number in range(services)]
        account = Account.objects.create(
            alias="bench", name="Bench", account_id="123456789012", regions=[REGION],
            environment=Account.Environment.PRODUCTION,
        )  # fmt: skip
        self.scope = Scope(account, REGION)
        with self._without_limits():
            self._create_services(subnets)
            run.sweep_now(self.scope)
        installation.start()

    def _create_services(self, subnets: list[str]) -> None:
        network = {"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}}
        self.aws["ecs"].create_cluster(clusterName=CLUSTER)
        for target in self.targets:
            self.aws["ecs"].register_task_definition(
                family=target.name, networkMode="awsvpc", cpu="256", memory="512", requiresCompatibilities=["FARGATE"],
                containerDefinitions=[{"name": "web", "image": "public.ecr.aws/bench/web:1", "essential": True}],
            )  # fmt: skip
            self.aws["ecs"].create_service(
                cluster=CLUSTER, serviceName=target.name, taskDefinition=f"{target.name}:1",
                desiredCount=target.desired, launchType="FARGATE", networkConfiguration=network,
            )  # fmt: skip
        self._wait_until_steady()

    def start(self) -> list[str]:
        """Start one operation for each service. Return their IDs."""
        connection.close()  # a fault may have cut it
        run.sweep_now(self.scope, *NOUNS)
        user = BenchUser(self.installation.servers)
        plans = []
        for number, target in enumerate(self.targets):
            path, form = CHANGES[(number + self.round) % len(CHANGES)](target)
            plans.append(user.post(f"/bench/{REGION}/{path}", form))
        self.round += 1
        self._wait_for_checks()
        return [user.post(f"{plan}confirm/", {}).strip("/").rpartition("/")[2] for plan in plans]

    def seen(self, operations: list[str]) -> dict[str, Seen] | None:
        """Return the operations; None while the database is not available."""
        try:
            with self.installation.database() as database:
                rows = database.execute(f"{OPERATIONS} WHERE id::text = ANY(%s)", [operations]).fetchall()
        except psycopg.Error:
            return None
        return {pk: Seen(*rest) for pk, *rest in rows}

    def effects(self) -> tuple[int, int]:
        """Return how many effects of all operations so far are missing at AWS, and how many there are too many."""
        with self._without_limits():
            self._wait_until_steady()
            services = self._described()
            found = [target.effects(self.aws["ecs"], services[target.name]) for target in self.targets]
        return sum(lost for lost, _ in found), sum(doubled for _, doubled in found)

    @contextmanager
    def _without_limits(self) -> Iterator[None]:
        """Switch off the request limits of the simulated AWS, for calls that are not the product's."""
        self.installation.servers.sandbox_admin("limits", {"buckets": False})
        yield
        self.installation.servers.sandbox_admin("limits", {"buckets": True})

    def _described(self) -> dict[str, dict[str, Any]]:
        return {
            each["serviceName"]: each
            for names in batches([target.name for target in self.targets], SERVICES_PER_CALL)
            for each in self.aws["ecs"].describe_services(cluster=CLUSTER, services=names)["services"]
        }

    def _wait_until_steady(self) -> None:
        waiter = self.aws["ecs"].get_waiter("services_stable")
        for names in batches([target.name for target in self.targets], SERVICES_PER_CALL):
            waiter.wait(cluster=CLUSTER, services=names, WaiterConfig={"Delay": 1, "MaxAttempts": 60})

    def _wait_for_checks(self) -> None:
        """Wait for the checks of the plans that ask AWS."""
        wait_until(lambda: all(len(each.checked) >= len(each.plan.live_checks) for each in Draft.objects.all()), 60)
