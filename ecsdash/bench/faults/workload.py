"""Deployments of some services at the same time, and what they did at AWS."""

from dataclasses import dataclass
from typing import Any, Final

import psycopg
from django.db import connection

from ecsdash.bench.bench_user import BenchUser
from ecsdash.bench.faults.installation import Installation
from ecsdash.bench.servers import wait_until
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import run
from ecsdash.operations.models import Draft
from ecsdash.sandbox.scenarios.clients import Clients

REGION, CLUSTER = "eu-central-1", "bench"
SPEED: Final = 60.0  # simulated seconds per second
NOUNS: Final = ("clusters", "task_definitions", "services", "service_deployments")
OPERATIONS: Final = "SELECT id::text, state, fence, coalesce(error->>'code', '') FROM operations_operation"
ACTIVE: Final = {"pending", "running", "waiting"}


@dataclass(frozen=True)
class Seen:
    """An operation as the database has it."""

    state: str
    fence: int
    error: str


class Workload:
    """`services` services, each with a task definition family of its own: a revision too many is a doubled effect."""

    def __init__(self, installation: Installation, services: int) -> None:
        self.installation = installation
        self.names = [f"web-{number}" for number in range(services)]
        self.revisions = 1
        self.aws = Clients(installation.servers.sandbox("empty", speed=SPEED), REGION)
        account = Account.objects.create(
            alias="bench", name="Bench", account_id="123456789012", regions=[REGION],
            environment=Account.Environment.PRODUCTION,
        )  # fmt: skip
        self.scope = Scope(account, REGION)
        self._create_services()
        run.sweep_now(self.scope)
        installation.start()

    def _create_services(self) -> None:
        subnets = [each["SubnetId"] for each in self.aws["ec2"].describe_subnets()["Subnets"]][:2]
        network = {"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}}
        self.aws["ecs"].create_cluster(clusterName=CLUSTER)
        for name in self.names:
            self.aws["ecs"].register_task_definition(
                family=name, networkMode="awsvpc", cpu="256", memory="512", requiresCompatibilities=["FARGATE"],
                containerDefinitions=[{"name": "web", "image": "public.ecr.aws/bench/web:1", "essential": True}],
            )  # fmt: skip
            self.aws["ecs"].create_service(
                cluster=CLUSTER, serviceName=name, taskDefinition=f"{name}:1", desiredCount=1, launchType="FARGATE",
                networkConfiguration=network,
            )  # fmt: skip
        self._wait_until_steady()

    def start(self) -> list[str]:
        """Deploy a new image to every service. Return the IDs of the operations."""
        connection.close()  # a fault may have cut it
        run.sweep_now(self.scope, *NOUNS)
        self.revisions += 1
        user = BenchUser(self.installation.servers)
        form = {"tag-web": str(self.revisions)}
        plans = [user.post(f"/bench/{REGION}/services/{CLUSTER}/{name}/deploy/", form) for name in self.names]
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
        """Return how many services have not got their revision, and how many revisions there are too many."""
        self._wait_until_steady()
        lost = doubled = 0
        for name, service in self._described().items():
            listed = self.aws["ecs"].list_task_definitions(familyPrefix=name)["taskDefinitionArns"]
            lost += len(listed) < self.revisions or service["taskDefinition"] not in listed[-1:]
            doubled += max(0, len(listed) - self.revisions)
        return lost, doubled

    def _described(self) -> dict[str, dict[str, Any]]:
        found = self.aws["ecs"].describe_services(cluster=CLUSTER, services=self.names)["services"]
        return {each["serviceName"]: each for each in found}

    def _wait_until_steady(self) -> None:
        self.aws["ecs"].get_waiter("services_stable").wait(
            cluster=CLUSTER, services=self.names, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )

    def _wait_for_checks(self) -> None:
        """Wait for the checks of the plans that ask AWS."""
        wait_until(lambda: all(len(each.checked) >= len(each.plan.live_checks) for each in Draft.objects.all()), 60)
