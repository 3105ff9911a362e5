"""Fixtures of the tests of clusters: inventory rows only (Desk), or a simulated AWS that is swept (World)."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from clusters.models import (
    CapacityProvider,
    Cluster,
    ContainerInstance,
    InstanceType,
    KeyPair,
    MachineImage,
    SecurityGroup,
    Subnet,
)
from ecsdash.access.models import User
from ecsdash.inventory.models import Resource
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import run
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Plan
from services.models import Service, Task
from tests.operations import drive
from tests.processes import Sandbox

IMAGE = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"
NO_ROWS = {"tags-TOTAL_FORMS": 0, "tags-INITIAL_FORMS": 0}
#: In the order of their dependencies.
NOUNS = (
    "clusters", "container_instances", "capacity_providers", "auto_scaling_groups", "vpcs", "subnets",
    "security_groups", "key_pairs", "roles", "instance_profiles", "machine_images", "instance_types", "services",
    "tasks",
)  # fmt: skip


@dataclass
class Desk:
    """An account with inventory rows, for plans and form errors. It has no AWS."""

    scope: Scope

    def row(self, model: type[Resource], name: str, **columns: Any) -> Any:
        arn = f"arn:aws:ecs:{self.scope.region}:{self.scope.account.account_id}:{model.NOUN}/{name}"
        place = {"account": self.scope.account, "region": self.scope.region, "observed_at": timezone.now()}
        return model.objects.create(**{"arn": arn, "name": name, **place, **columns})

    def place(self, **more: str) -> dict[str, str]:
        return {**self.scope.url_kwargs(), **more}

    def review(self, action: str, user: User, data: dict[str, Any], **place: str) -> Plan:
        return drive.review(action, user, self.scope, self.place(**place), data).plan

    def errors(self, action: str, user: User, data: dict[str, Any], **place: str) -> dict[str, list[str]]:
        return drive.errors(action, user, self.scope, self.place(**place), data)

    def launch_data(self) -> dict[str, Any]:
        subnets = Subnet.objects.order_by("name").values_list("name", flat=True)
        network = Subnet.objects.order_by("name")[0].vpc_id
        groups = SecurityGroup.objects.filter(vpc_id=network).order_by("name").values_list("name", flat=True)
        return {
            "image": IMAGE,
            "instance_type": "t3.medium",
            "instance_profile": "new",
            "key_pair": "ops",
            "subnets": list(subnets[:2]),
            "security_groups": list(groups[:1]),
            "disk": 30,
        }

    def cluster_data(self, template: str = "fargate", name: str = "shop", **more: Any) -> dict[str, Any]:
        sizes = {"minimum": 0, "desired": 2, "maximum": 3}
        settings = {"name": name, "template": template, "container_insights": "enabled"}
        ec2 = {**self.launch_data(), **sizes} if template != "fargate" else {}
        return {**settings, **ec2, **NO_ROWS, **more}

    def instance(self, name: str, *, cpu: int = 2048, memory: int = 4096, **columns: Any) -> ContainerInstance:
        """Create an active instance of the cluster `shop`. `cpu` and `memory` are its remaining resources."""
        own = {"cluster_name": "shop", "container_instance_id": name, "status": "ACTIVE", "agent_connected": True}
        sizes = {"remaining_cpu": cpu, "remaining_memory": memory, "registered_cpu": 2048, "registered_memory": 4096}
        kind = {"instance_type": "t3.medium"}
        instance: ContainerInstance = self.row(ContainerInstance, name, **{**own, **sizes, **kind, **columns})
        return instance

    def task(self, name: str, on: ContainerInstance, service: str = "web") -> None:
        """Create a running task with 0.5 vCPU and 512 MiB."""
        where = {"cluster_name": on.cluster_name, "service_name": service, "container_instance_arn": on.arn}
        states = {"last_status": "RUNNING", "desired_status": "RUNNING"}
        self.row(Task, name, family="web", revision=1, cpu=512, memory=512, **where, **states)

    def service(self, name: str) -> None:
        self.row(Service, name, cluster_name="shop", status="ACTIVE")

    def fill(self) -> None:
        """Create the options of forms: a network, images, instance types."""
        for zone in ("a", "b"):
            self.row(Subnet, f"subnet-{zone}", vpc_id="vpc-1", availability_zone=f"eu-central-1{zone}", public=True)
        self.row(SecurityGroup, "sg-1", vpc_id="vpc-1")
        self.row(SecurityGroup, "sg-far", vpc_id="vpc-2")
        self.row(KeyPair, "ops")
        self.row(MachineImage, IMAGE, image_id="ami-1", label="Amazon Linux 2023")
        self.row(InstanceType, "t3.medium", vcpus=2, memory=4096)
        self.row(InstanceType, "t4g.small", vcpus=2, memory=2048, architecture="arm64")
        for name in ("FARGATE", "FARGATE_SPOT"):
            self.row(CapacityProvider, name, status="ACTIVE")


@dataclass
class World(Desk):
    """A simulated AWS and its swept inventory."""

    sandbox: Sandbox

    def client(self, service: str) -> Any:
        return self.sandbox.client(service)

    def sweep(self, *nouns: str) -> None:
        run.sweep_now(self.scope, *(nouns or NOUNS))

    def start(self, action: str, user: User, data: dict[str, Any], **place: str) -> Operation:
        return drive.start(action, user, self.scope, self.place(**place), data)

    def run(self, action: str, user: User, data: dict[str, Any], **place: str) -> Operation:
        """Review, confirm and run the action until it succeeds, then sweep the nouns that it touches."""
        operation = drive.succeed(self.start(action, user, data, **place), self.sandbox)
        self.sweep(*(noun for noun in NOUNS if noun in operation.plan.touches))
        return operation

    def undo(self, operation: Operation, user: User) -> Operation:
        undo = operation.plan.undo
        assert undo is not None
        place = {key: value for key, value in undo.url_kwargs.items() if key not in ("account", "region")}
        return self.run(undo.action, user, undo.data, **place)

    def cluster_with_instances(self, user: User, number: int = 2, name: str = "farm") -> Cluster:
        """Create a cluster with `number` instances (2 vCPU, 4 GiB), without an Auto Scaling group."""
        self.client("ecs").create_cluster(clusterName=name)
        self.sweep("clusters")
        self.run("launch_container_instances", user, {**self.launch_data(), "number": number}, cluster=name)
        return Cluster.objects.get(name=name)

    def instances(self, cluster: str) -> list[ContainerInstance]:
        rows = ContainerInstance.objects.filter(cluster_name=cluster, gone_at=None)
        return list(rows.order_by("name"))

    def run_service(self, cluster: str, count: int, name: str = "web") -> None:
        """Create a service with `count` tasks (0.5 vCPU, 512 MiB) on the cluster's instances."""
        ecs = self.client("ecs")
        container = {"name": name, "image": "nginx:1", "cpu": 512, "memory": 512, "essential": True}
        ecs.register_task_definition(family=name, containerDefinitions=[container])
        ecs.create_service(cluster=cluster, serviceName=name, taskDefinition=name, desiredCount=count, launchType="EC2")
        self.sandbox.step(120)
        self.sweep("clusters", "container_instances", "services", "tasks")


def calls(plan: Plan) -> list[str]:
    return [step.call for step in plan.steps if step.call]
