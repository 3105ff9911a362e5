"""The stage of the tests of services: Fargate, a network, and forms as people fill them in."""

from typing import Any

from clusters.forms.tags import group_data
from ecsdash.access.models import User
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Plan
from services.models import Service, TaskDefinition
from tests.operations import drive
from tests.services.simulated_tasks import SimulatedTasks

LOAD_BALANCING_NOUNS = ("load_balancers", "listeners", "target_groups")
MOVED = ("services", "service_deployments", "tasks", "task_definitions", *LOAD_BALANCING_NOUNS)
NAME = "web-front"
IN_SERVICE = {"cluster": "shop", "service": NAME}


class SimulatedServices(SimulatedTasks):
    def create_data(self, name: str = NAME, **more: Any) -> dict[str, Any]:
        """The form of create_service, filled in for Fargate without a load balancer."""
        return {
            "compute": "FARGATE",
            "task_definition": "web-front:1",
            "service_name": name,
            "scheduling": "REPLICA",
            "desired_count": 2,
            "subnets": self.subnets(),
            "security_groups": self.security_groups(),
            "assign_public_ip": "on",
            "balancer": "none",
            "listener_port": 80,
            "health_check_path": "/",
            "minimum_percent": 100,
            "maximum_percent": 200,
            "circuit_breaker": "rollback",
            **group_data("strategy", []),
            **group_data("tags", []),
            **more,
        }

    def steady_service(self, count: int = 2, **more: Any) -> Service:
        """`web-front` with all its tasks running."""
        placement = {"subnets": self.subnets(), "assignPublicIp": "ENABLED"}
        wanted: dict[str, Any] = {
            "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
            **more,
        }
        self.client("ecs").create_service(
            cluster="shop", serviceName=NAME, taskDefinition="web-front:1", desiredCount=count, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": placement}, **wanted,
        )  # fmt: skip
        self.sandbox.step(90)
        self.sweep(*MOVED)
        return self.service()

    def service(self, name: str = NAME) -> Service:
        found: Service = Service.objects.select_related("account").get(name=name)
        return found

    def review(self, action: str, user: User, data: dict[str, Any], **place: Any) -> Plan:
        return drive.review(action, user, self.scope, self.place(**place), data).plan

    def errors(self, action: str, user: User, data: dict[str, Any], **place: Any) -> dict[str, list[str]]:
        return drive.errors(action, user, self.scope, self.place(**place), data)

    def start(self, action: str, user: User, data: dict[str, Any], **place: Any) -> Operation:
        return drive.start(action, user, self.scope, self.place(**place), data)

    def do(self, action: str, user: User, data: dict[str, Any], **place: Any) -> Operation:
        """Review, confirm and drive the action to its good end, then sweep."""
        operation = drive.succeed(self.start(action, user, data, **place), self.sandbox, 20)
        self.sweep(*MOVED)
        return operation

    def images(self, name: str) -> list[str]:
        return [each["image"] for each in self.described(name)["containerDefinitions"]]

    def described(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = TaskDefinition.objects.get(name=name).description
        return found


def calls(plan: Plan) -> list[str]:
    return [step.call for step in plan.steps if step.call]


def titles(plan: Plan, level: str) -> list[str]:
    return [check.title for check in plan.checks if check.level == level]
