"""A simulated AWS with a cluster, a role and what else a task needs, and the inventory of it."""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from clusters.models import SecurityGroup, Subnet
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import run
from services.models import Task, TaskDefinition
from services.sync.logs import streams
from tests.prepared import prepare
from tests.processes import Sandbox
from tests.services.definitions import ROLE, container, fargate

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
LOGS = {
    "logDriver": "awslogs",
    "options": {
        "awslogs-group": "/ecs/web-front",
        "awslogs-region": "eu-central-1",
        "awslogs-stream-prefix": "ecs",
    },
}
NOUNS = (
    "clusters", "roles", "subnets", "security_groups", "log_groups", "secrets", "repositories", "task_definitions",
    "services", "tasks",
)  # fmt: skip


@dataclass
class SimulatedTasks:
    scope: Scope
    sandbox: Sandbox

    def build(self) -> None:
        """The cluster `shop`, the execution role, and revision 1 of `web-front`, in a simulated AWS that is empty."""
        prepare("simulated tasks", self.scope, self.sandbox, self._build)

    def _build(self) -> None:
        self.client("iam").create_role(RoleName="ecsTaskExecutionRole", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.client("logs").create_log_group(logGroupName="/ecs/web-front")
        self.client("secretsmanager").create_secret(Name="shop/password", SecretString="never shown")
        self.client("ecs").create_cluster(clusterName="shop", capacityProviders=["FARGATE", "FARGATE_SPOT"])
        self.register()
        self.sweep()

    def client(self, service: str) -> Any:
        return self.sandbox.client(service)

    def register(self, image: str = "nginx:1.27", family: str = "web-front", **more: Any) -> str:
        body = fargate(
            container("web", image, logConfiguration=LOGS, portMappings=[{"containerPort": 80}], **more),
            family=family,
            executionRoleArn=ROLE,
        )
        answer = self.client("ecs").register_task_definition(**body)
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def run(self, family: str = "web-front", count: int = 1, **more: Any) -> list[str]:
        placement = {"subnets": self.subnets(), "assignPublicIp": "ENABLED"}
        answer = self.client("ecs").run_task(
            cluster="shop", taskDefinition=family, count=count, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": placement}, **more,
        )  # fmt: skip
        assert not answer["failures"]
        return [task["taskArn"].rpartition("/")[2] for task in answer["tasks"]]

    def serve(self, name: str = "web-front") -> None:
        placement = {"subnets": self.subnets(), "assignPublicIp": "ENABLED"}
        self.client("ecs").create_service(
            cluster="shop", serviceName=name, taskDefinition="web-front", desiredCount=1, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": placement},
        )  # fmt: skip

    def let(self, seconds: float) -> None:
        """Simulated time passes, and the inventory learns of it."""
        self.sandbox.step(seconds)
        self.sweep("services", "tasks", "stopped_tasks", "task_definitions")

    def sweep(self, *nouns: str) -> None:
        run.sweep_now(self.scope, *(nouns or NOUNS))

    def place(self, **more: Any) -> dict[str, Any]:
        return {**self.scope.url_kwargs(), **more}

    def subnets(self) -> list[str]:
        return sorted(Subnet.objects.values_list("name", flat=True))[:2]

    def security_groups(self) -> list[str]:
        return list(SecurityGroup.objects.values_list("name", flat=True))[:1]

    def definition(self, name: str = "web-front:1") -> TaskDefinition:
        return TaskDefinition.objects.get(name=name)

    def task(self, task_id: str) -> Task:
        return Task.objects.get(name=task_id)

    def write_log(self, task: Task, *lines: str) -> None:
        """As the container would, at the first of its streams."""
        stream = next(streams(task))
        logs = self.client("logs")
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(logGroupName=stream.group, logStreamName=stream.name)
        now = int(self.sandbox.step(0) * 1000)
        events = [{"timestamp": now + n, "message": line} for n, line in enumerate(lines)]
        logs.put_log_events(logGroupName=stream.group, logStreamName=stream.name, logEvents=events)
