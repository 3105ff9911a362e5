"""Every family of failures, on one simulated AWS: the service is in trouble with the right verdict, and well again when
the cause is gone."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from django.test import Client

from ecsdash.access.models import User
from services.models import Service, ServiceEvent, Task
from services.models.task import FAILED
from services.selectors.attention import attention
from services.selectors.verdicts import problem_of
from services.statuses import TROUBLED, ServiceHealth
from services.sync.failures import judge_services
from services.verdicts.placement_causes import BLOCKING
from tests.sandbox import aws
from tests.services.definitions import ROLE, container, fargate
from tests.services.simulated_services import SimulatedServices

HERE = "/demo/eu-central-1/services/shop/"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/none-AbCdEf"
NO_LOG = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/none", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "ecs"},
}
CHECK = {"command": ["CMD", "true"], "interval": 5, "retries": 2}
#: Service -> (image, members of the container, cause of its verdict).
FAMILIES: dict[str, tuple[str, dict[str, Any], str]] = {
    "missing": ("shop/web:missing", {}, "image_missing"),
    "exits": ("shop/web:exits", {}, "exit_1"),
    "crash": ("shop/web:crash", {}, "exit_1"),
    "oom": ("shop/web:oom", {}, "out_of_memory"),
    "finishes": ("shop/web:1", {"command": ["sleep", "2"]}, "exit_0"),
    "unhealthy": ("shop/web:unhealthy", {"healthCheck": CHECK}, "container_health"),
    "secret": ("shop/web:1", {"secrets": [{"name": "KEY", "valueFrom": SECRET}]}, "secret_missing"),
    "log": ("shop/web:1", {"logConfiguration": NO_LOG}, "log_group_missing"),
    "capacity": ("shop/web:1", {}, "no_fargate_capacity"),
    "bounds": ("shop/web:1", {}, "deployment_bounds"),
    "port": ("shop/web:1", {"portMappings": [{"containerPort": 80, "hostPort": 80}]}, "no_host_port"),
}


@dataclass
class Families:
    """One service of each family in the cluster `shop`, and the inventory of it."""

    stage: SimulatedServices
    causes: dict[str, str] = field(default_factory=dict)
    #: Service -> the simulated time at which it was seen in trouble first.
    seen: dict[str, datetime] = field(default_factory=dict)

    def build(self) -> None:
        self.stage.sandbox.set_fault("no-capacity", on=True, pattern="service:capacity")
        aws.run_instances(cast(Any, self.stage.sandbox), "shop", IamInstanceProfile={"Name": self._profile()})
        self.stage.sandbox.step(30)
        for name, (image, members, cause) in FAMILIES.items():
            self._create(name, image, members)
            self.causes[name] = cause
        self.stage.sandbox.step(20)
        for name in ("bounds", "port"):
            self.ecs.update_service(cluster="shop", service=name, forceNewDeployment=True)
        for seconds in (10, 20, 20, 20):
            now = self.look(seconds)
            for service in Service.objects.filter(health__in=TROUBLED):
                self.seen.setdefault(service.name, now)

    def told(self, name: str) -> datetime:
        """Return when it could be known: at its second failure, when ECS said it, or when it began to deploy."""
        failures = Task.objects.filter(FAILED, service_name=name).order_by("stopped_at")
        second = failures.values_list("stopped_at", flat=True)[1:2]
        events = ServiceEvent.objects.filter(service__name=name).order_by("created_at")
        said = (each.created_at for each in events if BLOCKING.search(each.message))
        found = next(iter(second), None) or next(said, None) or Service.objects.get(name=name).deployed_at
        assert found
        return found

    @property
    def ecs(self) -> Any:
        return self.stage.client("ecs")

    def look(self, seconds: float) -> datetime:
        """Time passes, and the inventory and the judge see it. Return the simulated time."""
        now = datetime.fromtimestamp(self.stage.sandbox.step(seconds), UTC)
        self.stage.sweep("services", "tasks", "stopped_tasks", "task_definitions", "service_deployments")
        judge_services()
        return now

    def service(self, name: str) -> Service:
        found: Service = Service.objects.select_related("account").get(name=name)
        return found

    def _create(self, name: str, image: str, members: dict[str, Any]) -> None:
        on_instance = name == "port"
        body = fargate(container("web", image, **members), family=name, executionRoleArn=ROLE)
        if on_instance:
            body = {"family": name, "containerDefinitions": [container("web", image, memory=64, **members)]}
        self.ecs.register_task_definition(**body)
        network = {"awsvpcConfiguration": {"subnets": self.stage.subnets(), "assignPublicIp": "ENABLED"}}
        bounds = {"minimumHealthyPercent": 100, "maximumPercent": 150 if name == "bounds" else 200}
        self.ecs.create_service(
            cluster="shop", serviceName=name, taskDefinition=name, desiredCount=1, deploymentConfiguration=bounds,
            **({"launchType": "EC2"} if on_instance else {"launchType": "FARGATE", "networkConfiguration": network}),
        )  # fmt: skip

    def _profile(self) -> str:
        return aws.instance_profile(cast(Any, self.stage.sandbox))


@pytest.fixture
def families(service_stage: SimulatedServices) -> Families:
    found = Families(service_stage)
    found.build()
    return found


def test_each_family_is_in_trouble_with_its_verdict_and_well_again_afterwards(
    families: Families, admin: User, client: Client
) -> None:
    services = {name: families.service(name) for name in FAMILIES}
    healths = {name: service.health for name, service in services.items()}
    assert {name: health for name, health in healths.items() if health not in TROUBLED} == {}
    problems = {name: problem_of(admin, service) for name, service in services.items()}
    assert {name: found.explanation.cause for name, found in problems.items() if found} == families.causes
    late = {name: families.seen[name] - families.told(name) for name in FAMILIES}
    assert {name: time for name, time in late.items() if time > timedelta(seconds=30)} == {}
    assert services["crash"].failed_tasks == 0  # ECS does not count what ends after its start

    told = {each.what: each for each in attention(admin, [families.stage.scope], Service.objects.all())}
    assert all(told[name].reason and told[name].hint for name in FAMILIES)
    client.force_login(admin)
    page = client.get(f"{HERE}crash/").content.decode()
    assert "tasks: same cause" in page
    assert "has reached a steady state" not in client.get(f"{HERE}bounds/").content.decode()

    _mend(families)
    families.look(120)
    healths = {name: families.service(name).health for name in FAMILIES}
    assert {name: health for name, health in healths.items() if health != ServiceHealth.STEADY} == {}


def _mend(families: Families) -> None:
    """Remove the cause of each: another revision, capacity, or bounds that leave room."""
    families.stage.sandbox.set_fault("no-capacity", on=False)
    families.ecs.register_task_definition(**fargate(container("web"), family="good", executionRoleArn=ROLE))
    room = {"minimumHealthyPercent": 0, "maximumPercent": 100}
    for name in FAMILIES:
        if name in ("bounds", "port"):
            families.ecs.update_service(cluster="shop", service=name, deploymentConfiguration=room)
        elif name != "capacity":
            families.ecs.update_service(cluster="shop", service=name, taskDefinition="good")
