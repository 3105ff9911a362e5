"""A control plane on a stepped clock, with short ways to say what the tests do over and over."""

from typing import Any

import pytest

from ecsdash.sandbox.clock import SteppedClock
from ecsdash.sandbox.ecs import EcsControlPlane, EcsError
from ecsdash.sandbox.ecs.shapes import operation_model, problems
from ecsdash.sandbox.scope import Scope
from tests.sandbox.ecs.fake_aws import FakeAws

Json = dict[str, Any]

HERE = Scope("111111111111", "eu-central-1")
ROLE = "arn:aws:iam::111111111111:role/ecsTaskExecutionRole"
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-b"], "securityGroups": ["sg-1"]}}


class Stage:
    def __init__(self, seed: int = 7) -> None:
        self.clock = SteppedClock()
        self.aws = FakeAws(self.clock)
        self.plane = EcsControlPlane(self.clock, self.aws, seed=seed)
        self.calls: set[str] = set()

    def call(self, operation: str, **params: Any) -> Any:
        """Makes one API call; its answer must fit the model of the API."""
        return self.call_in(HERE, operation, **params)

    def call_in(self, scope: Scope, operation: str, **params: Any) -> Any:
        answer = self.plane.handle(scope, operation, params)
        self.calls.add(operation)
        shape = operation_model(operation).output_shape
        assert shape is not None
        assert list(problems(shape, answer)) == [], operation
        return answer

    def refused(self, operation: str, **params: Any) -> EcsError:
        """Returns the error of a call; the model of the API must know its code."""
        with pytest.raises(EcsError) as error:
            self.plane.handle(HERE, operation, params)
        if error.value.code not in ("SerializationException", "UnknownOperationException"):
            assert error.value.code in [shape.name for shape in operation_model(operation).error_shapes], operation
        return error.value

    def step(self, seconds: float) -> None:
        """Lets time pass, at most a second at once, as the driver of a running clock does."""
        while seconds > 0:
            self.plane.tick(self.clock.step(min(1.0, seconds)))
            seconds -= 1.0

    def cluster(self, name: str = "shop", **params: Any) -> Json:
        cluster: Json = self.call("CreateCluster", clusterName=name, **params)["cluster"]
        return cluster

    def register(self, image: str = "nginx:1.27", family: str = "web", **params: Any) -> str:
        """An EC2 task definition on the bridge network; its ARN."""
        container = {"name": "web", "image": image, "memory": 128, "cpu": 128} | params.pop("container", {})
        containers = params.pop("containers", [container])
        answer = self.call("RegisterTaskDefinition", family=family, containerDefinitions=containers, **params)
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def register_fargate(self, image: str = "nginx:1.27", family: str = "web", **params: Any) -> str:
        container = {"portMappings": [{"containerPort": 80, "name": "http"}]} | params.pop("container", {})
        defaults: Json = {
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "cpu": "256",
            "memory": "512",
        }
        return self.register(image, family, executionRoleArn=ROLE, container=container, **(defaults | params))

    def fargate_service(self, definition: str, name: str = "web", count: int = 2, **params: Any) -> Json:
        defaults: Json = {"launchType": "FARGATE", "networkConfiguration": NETWORK, "cluster": "shop"}
        if "capacityProviderStrategy" in params:
            del defaults["launchType"]
        settings = defaults | {"serviceName": name, "taskDefinition": definition, "desiredCount": count} | params
        service: Json = self.call("CreateService", **settings)["service"]
        return service

    def service(self, name: str = "web", cluster: str = "shop") -> Json:
        service: Json = self.call("DescribeServices", cluster=cluster, services=[name])["services"][0]
        return service

    def events(self, name: str = "web") -> list[str]:
        """Messages, oldest first, without their subject."""
        messages = [event["message"] for event in reversed(self.service(name)["events"])]
        return [message.removeprefix(f"(service {name}) ") for message in messages]

    def tasks(self, status: str = "RUNNING", cluster: str = "shop", **filters: Any) -> list[Json]:
        arns = self.call("ListTasks", cluster=cluster, desiredStatus=status, **filters)["taskArns"]
        if not arns:
            return []
        tasks: list[Json] = self.call("DescribeTasks", cluster=cluster, tasks=arns, include=["TAGS"])["tasks"]
        return tasks

    def task(self, arn: str, cluster: str = "shop") -> Json:
        task: Json = self.call("DescribeTasks", cluster=cluster, tasks=[arn])["tasks"][0]
        return task

    def instance(self, number: int = 1, kind: str = "m5.large", zone: str = "a", cluster: str = "shop") -> str:
        arn = self.plane.instance_launched(
            HERE,
            f"i-{number:017x}",
            kind,
            cluster,
            subnet_id=f"subnet-{zone}",
            zone=f"eu-central-1{zone}",
            private_ip=f"10.0.9.{number}",
        )
        assert arn is not None
        return arn
