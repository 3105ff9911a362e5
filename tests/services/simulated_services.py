"""The stage of the tests of services: Fargate, a network, and forms as people fill them in."""

import json
from typing import Any

from ecsdash.access.models import User
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Plan
from services.documents.launch_set import LaunchSet
from services.documents.service import document_of
from services.forms.load_balancer import BalancerForm
from services.models import Service, TaskDefinition
from tests.operations import drive
from tests.prepared import prepare
from tests.services.definitions import ROLE, container, fargate
from tests.services.simulated_tasks import SimulatedTasks

LOAD_BALANCING_NOUNS = ("load_balancers", "listeners", "target_groups")
MOVED = ("services", "service_deployments", "tasks", "task_definitions", *LOAD_BALANCING_NOUNS)
NAME = "web-front"
IN_SERVICE = {"cluster": "shop", "service": NAME}


#: Names of the values of a document in `create_data`.
MEMBERS = (
    "service_name", "compute", "task_definition", "scheduling", "desired_count", "subnets", "security_groups",
    "grace_period", "strategy", "circuit_breaker", "target_group", "tags", "members",
)  # fmt: skip


def new_target_groups(*entries: dict[str, Any]) -> dict[str, Any]:
    """The posted fields of new target groups. `listener_port` and `health_check_path` have their initial values."""
    sizes = {"balancers-TOTAL_FORMS": len(entries), "balancers-INITIAL_FORMS": 0}
    filled = [{"listener_port": 80, "health_check_path": "/", **each} for each in entries]
    return sizes | {f"balancers-{n}-{name}": value for n, each in enumerate(filled) for name, value in each.items()}


def service_document(name: str, **values: Any) -> dict[str, Any]:
    """The document of a small service with these values; `members` are further members of it."""
    network = {"subnets": values["subnets"], "securityGroups": values["security_groups"], "assignPublicIp": "ENABLED"}
    strategy, compute = values.get("strategy"), values.get("compute", "FARGATE")
    groups = [
        {"targetGroupArn": arn, "containerName": "web", "containerPort": 80} for arn in values.get("target_group", [])
    ]
    document = {
        "serviceName": values.get("service_name", name),
        "taskDefinition": values.get("task_definition", "web-front:1"),
        "schedulingStrategy": values.get("scheduling", "REPLICA"),
        "desiredCount": values.get("desired_count", 2),
        **({"capacityProviderStrategy": strategy} if strategy else {"launchType": compute}),
        "networkConfiguration": {"awsvpcConfiguration": network},
        **({"loadBalancers": groups} if groups else {}),
        **({"healthCheckGracePeriodSeconds": values["grace_period"]} if "grace_period" in values else {}),
        "deploymentConfiguration": {
            "minimumHealthyPercent": 100,
            "maximumPercent": 200,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        },
        "enableECSManagedTags": True,
        "propagateTags": "SERVICE",
        **({"tags": values["tags"]} if "tags" in values else {}),
    }
    return {**document, **values.get("members", {})}


class SimulatedServices(SimulatedTasks):
    def create_data(self, name: str = NAME, **more: Any) -> dict[str, Any]:
        """The form of create_service, filled in for Fargate without a load balancer.

        `more` are other values of the document by the names in MEMBERS, fields of a new target group if `balancer` is
        one of them, or else fields of the form.
        """
        values = {"subnets": self.subnets(), "security_groups": self.security_groups(), **more}
        document = service_document(name, **{key: values.pop(key) for key in list(values) if key in MEMBERS})
        group = {key: values.pop(key) for key in list(values) if key in BalancerForm.base_fields}
        return {"json": json.dumps(document), **new_target_groups(*([group] if "balancer" in group else [])), **values}

    def several_data(self) -> dict[str, Any]:
        """The form of create_services with one service, `notes`, in a new namespace."""
        logs = {"logDriver": "awslogs", "options": {"awslogs-stream-prefix": "ecs"}}
        definition = fargate(container("notes", logConfiguration=logs), family="notes")
        connect = {"serviceConnectConfiguration": {"enabled": True}, "launchType": "FARGATE", "desiredCount": 1}
        service = {"serviceName": "notes", "taskDefinition": "notes", **connect}
        return {
            "documents": LaunchSet(({**definition, "executionRoleArn": ROLE},), (service,)).text,
            "cluster": "shop", "namespace": "notes", "subnets": self.subnets(), "assign_public_ip": "on",
        }  # fmt: skip

    def prepare_service_connect(self) -> None:
        """Create the namespace `shop`, and register a revision whose port has a name."""
        self.client("servicediscovery").create_http_namespace(Name="shop")
        self.register_with_port_name()

    def register_with_port_name(self) -> None:
        """Register a revision whose port has the name `http`, which Service Connect needs."""
        body = self.client("ecs").describe_task_definition(taskDefinition="web-front")["taskDefinition"]
        (web,) = body["containerDefinitions"]
        named = {**web, "portMappings": [{"name": "http", "containerPort": 80}]}
        kept = {key: body[key] for key in ("family", "cpu", "memory", "networkMode", "executionRoleArn")}
        self.client("ecs").register_task_definition(
            containerDefinitions=[named], requiresCompatibilities=["FARGATE"], **kept
        )

    def edit_data(self, service: Service, **members: Any) -> dict[str, Any]:
        """The form of edit_service with other members of the document; None removes one."""
        document = {**document_of(service.description, service.tags), **members}
        return {"json": json.dumps({name: value for name, value in document.items() if value is not None})}

    def build_steady(self, count: int = 2) -> None:
        """As `build` and `steady_service` do one after the other, but prepared once by each process."""

        def build() -> None:
            self._build()
            self.steady_service(count)

        prepare(f"a steady service of {count}", self.scope, self.sandbox, build)

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
