"""A simulated AWS and the inventory of it, for the tests of clusters."""

from dataclasses import dataclass
from typing import Any

from clusters.models import Cluster, ContainerInstance, SecurityGroup, Subnet
from ecsdash.access.models import User
from ecsdash.inventory import sweeps
from ecsdash.inventory.scope import Scope
from ecsdash.operations.models import Operation
from tests.operations import drive
from tests.processes import Sandbox

IMAGE = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"
NO_ROWS = {"tags-TOTAL_FORMS": 0, "tags-INITIAL_FORMS": 0}


@dataclass
class World:
    scope: Scope
    sandbox: Sandbox

    def client(self, service: str) -> Any:
        return self.sandbox.client(service)

    def sweep(self, *nouns: str) -> None:
        sweeps.sweep_now(self.scope, *nouns)

    def place(self, **more: str) -> dict[str, str]:
        return {**self.scope.url_kwargs(), **more}

    def launch_data(self) -> dict[str, Any]:
        return {
            "image": IMAGE,
            "instance_type": "t3.medium",
            "instance_profile": "new",
            "key_pair": "ops",
            "subnets": sorted(Subnet.objects.values_list("name", flat=True))[:2],
            "security_groups": list(SecurityGroup.objects.values_list("name", flat=True))[:1],
            "disk": 30,
        }

    def cluster_data(self, template: str = "fargate", name: str = "shop", **more: Any) -> dict[str, Any]:
        sizes = {"minimum": 0, "desired": 2, "maximum": 3}
        settings = {"name": name, "template": template, "container_insights": "enabled"}
        ec2 = {**self.launch_data(), **sizes} if template != "fargate" else {}
        return {**settings, **ec2, **NO_ROWS, **more}

    def run(self, action: str, user: User, data: dict[str, Any], **place: str) -> Operation:
        """Review, confirm and drive the action to its good end, then sweep."""
        operation = drive.start(action, user, self.scope, self.place(**place), data)
        drive.succeed(operation, self.sandbox)
        self.sweep()
        return operation

    def review(self, action: str, user: User, data: dict[str, Any], **place: str) -> Any:
        return drive.review(action, user, self.scope, self.place(**place), data).plan

    def errors(self, action: str, user: User, data: dict[str, Any], **place: str) -> dict[str, list[str]]:
        return drive.errors(action, user, self.scope, self.place(**place), data)

    def cluster_with_instances(self, user: User, number: int = 2, name: str = "farm") -> Cluster:
        """A cluster with so many registered instances of no Auto Scaling group."""
        self.client("ecs").create_cluster(clusterName=name)
        self.sweep("clusters")
        self.run("launch_container_instances", user, {**self.launch_data(), "number": number}, cluster=name)
        return Cluster.objects.get(name=name)

    def instances(self, cluster: str) -> list[ContainerInstance]:
        rows = ContainerInstance.objects.filter(cluster_name=cluster, gone_at=None)
        return list(rows.order_by("name"))
