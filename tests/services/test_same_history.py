"""The main job, stepped by hand, gives the same history twice: the same events and the same ends of the same tasks."""

import re
from typing import Any

from django.http import QueryDict

from clusters.models import MachineImage, SecurityGroup, Subnet
from ecsdash.access.models import User
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import sweep_now
from services.models import Task
from tests.operations.drive import start, succeed
from tests.processes import REGION, Sandbox
from tests.services.definitions import container, fargate, form_data

PLACE = {"account": "demo", "region": REGION}
NO_GROUPS = {"tags-TOTAL_FORMS": "0", "tags-INITIAL_FORMS": "0"}
IDS = re.compile(r"[0-9a-f]{8,}|\d+\.\d+\.\d+\.\d+|\b(i|eni|subnet|sg)-[0-9a-f]+")


class MainJob:
    """Cluster with an instance, definition, service behind a balancer, then WordPress: each through its form."""

    def __init__(self, account: Account, user: User, sandbox: Sandbox) -> None:
        self.scope, self.user, self.sandbox = Scope(account, REGION), user, sandbox

    def run(self) -> list[Any]:
        self.sandbox.reset()
        self.began = self.sandbox.step(1)
        sweep_now(self.scope)
        self.do("create_cluster", {}, {"name": "shop", "template": "fargate", "container_insights": "disabled"})
        self.do("launch_container_instances", {"cluster": "shop"}, self.machine())
        web = fargate(container("web", "shop/web:1", portMappings=[{"containerPort": 80}]), family="web")
        self.do("register_task_definition", {}, form_data(web))
        self.do("create_service", {"cluster": "shop"}, self.service())
        self.do("create_wordpress", {}, self.wordpress())
        sweep_now(self.scope)
        return [*self.events("shop", "web"), *self.events("blog", "blog-mysql", "blog"), *self.tasks()]

    def do(self, action: str, at: dict[str, str], data: Any) -> None:
        fields = dict(data.lists()) if isinstance(data, QueryDict) else {**NO_GROUPS, **data}
        succeed(start(action, self.user, self.scope, {**PLACE, **at}, fields), self.sandbox, step_seconds=10)
        sweep_now(self.scope)

    def events(self, cluster: str, *services: str) -> list[Any]:
        """Each service's events, with the simulated seconds since the beginning, without what is random by nature."""
        found = self.sandbox.client("ecs").describe_services(cluster=cluster, services=list(services))["services"]
        return [
            (each["serviceName"], round(event["createdAt"].timestamp() - self.began), IDS.sub("#", event["message"]))
            for each in found
            for event in reversed(each["events"])
        ]

    def tasks(self) -> list[Any]:
        rows = Task.objects.filter(gone_at=None).order_by("family", "created_at", "availability_zone")
        return [
            (row.family, row.last_status, row.availability_zone, round(row.created_at.timestamp() - self.began))
            for row in rows
            if row.created_at
        ]

    def network(self) -> dict[str, Any]:
        subnets = Subnet.objects.filter(gone_at=None, region=REGION).order_by("availability_zone")[:2]
        return {
            "subnets": [row.name for row in subnets],
            "security_groups": [SecurityGroup.objects.filter(gone_at=None, region=REGION, label="default")[0].name],
        }

    def machine(self) -> dict[str, Any]:
        image = MachineImage.objects.filter(gone_at=None, region=REGION, architecture="x86_64").order_by("name")[0]
        kind = {"image": image.name, "instance_type": "t3.medium", "instance_profile": "new", "disk": "30"}
        return {**kind, "number": "2", "key_pair": "", **self.network()}

    def service(self) -> dict[str, Any]:
        rollout = {"minimum_percent": "100", "maximum_percent": "200", "circuit_breaker": "rollback"}
        balancer = {"balancer": "new", "listener_port": "80", "health_check_path": "/"}
        strategy = {"strategy-TOTAL_FORMS": "0", "strategy-INITIAL_FORMS": "0"}
        what = {"compute": "FARGATE", "task_definition": "web:1", "service_name": "web", "scheduling": "REPLICA"}
        return {
            **what,
            "desired_count": "2",
            "assign_public_ip": "on",
            **balancer,
            **rollout,
            **strategy,
            **self.network(),
        }

    def wordpress(self) -> dict[str, Any]:
        images = {"site_image": "wordpress:6", "database_image": "mysql:8.4"}
        return {"name": "blog", "cluster": "new:", "site_count": "2", **images, "subnets": self.network()["subnets"]}


def test_the_main_job_stepped_by_hand_has_the_same_history_twice(
    aws_account: Account, operator: User, sandbox: Sandbox
) -> None:
    job = MainJob(aws_account, operator, sandbox)
    first, second = job.run(), job.run()
    assert len([event for event in first if "steady state" in str(event)]) >= 3
    assert second == first
