"""The first response of AWS to every writing call is lost, after the call took effect. Each operation still succeeds,
and nothing is created twice."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from clusters.models import MachineImage
from ecsdash.access.models import User
from ecsdash.aws.session import forget
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from tests.operations.drive import start, succeed
from tests.processes import REGION, Sandbox
from tests.trust.lost_responses import ResponseLosingProxy

EMPTY_TAGS = {"tags-TOTAL_FORMS": "0", "tags-INITIAL_FORMS": "0"}
EMPTY_STRATEGY = {"strategy-TOTAL_FORMS": "0", "strategy-INITIAL_FORMS": "0"}


class Actions:
    def __init__(self, sandbox: Sandbox, gate: ResponseLosingProxy, scope: Scope, user: User) -> None:
        self.sandbox, self.gate, self.scope, self.user = sandbox, gate, scope, user
        self.ecs, self.ec2 = sandbox.client("ecs"), sandbox.client("ec2")

    def run(self, action: str, data: dict[str, Any], **at: str) -> list[str]:
        """Run an action to its end. Return the calls whose responses were lost."""
        self.gate.lost.clear()
        sweep_now(self.scope)
        where = {"account": "demo", "region": REGION, **at}
        succeed(start(action, self.user, self.scope, where, data), self.sandbox)
        return list(self.gate.lost)

    def network(self) -> dict[str, list[str]]:
        subnets = self.ec2.describe_subnets()["Subnets"][:2]
        groups = self.ec2.describe_security_groups()["SecurityGroups"][:1]
        return {"subnets": [s["SubnetId"] for s in subnets], "security_groups": [g["GroupId"] for g in groups]}

    def instance_form(self) -> dict[str, Any]:
        sweep_now(self.scope, "machine_images")
        image = MachineImage.objects.filter(architecture="x86_64").order_by("name")[0].name
        chosen = {"image": image, "instance_type": "t3.medium", "instance_profile": "new", "key_pair": "", "disk": "30"}
        return {**chosen, **self.network()}

    def register_web(self) -> None:
        ports = [{"containerPort": 80, "protocol": "tcp"}]
        container = {"name": "web", "image": "shop/web:1", "essential": True, "portMappings": ports}
        size = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
        self.ecs.register_task_definition(family="web", containerDefinitions=[container], **size)

    def service_form(self, name: str, **changes: str) -> dict[str, Any]:
        balancer = {"balancer": "new", "listener_port": "80", "health_check_path": "/"}
        deployment = {"minimum_percent": "100", "maximum_percent": "200", "circuit_breaker": "rollback"}
        chosen = {"compute": "FARGATE", "task_definition": "web:1", "service_name": name, "scheduling": "REPLICA"}
        count = {"desired_count": "1", "assign_public_ip": "on"}
        return {
            **chosen,
            **count,
            **balancer,
            **deployment,
            **self.network(),
            **EMPTY_TAGS,
            **EMPTY_STRATEGY,
            **changes,
        }


@pytest.fixture
def actions(aws_account: Account, sandbox: Sandbox, settings: Settings, operator: User) -> Iterator[Actions]:
    with ResponseLosingProxy(sandbox).open() as gate:
        assert isinstance(gate, ResponseLosingProxy)
        settings.AWS_ENDPOINT_URL = gate.url
        forget()
        yield Actions(sandbox, gate, Scope(aws_account, REGION), operator)
    forget()


def test_a_cluster_and_its_capacity_are_created_once(actions: Actions) -> None:
    form = {"name": "shop", "template": "both", "container_insights": "disabled"}
    size = {"minimum": "0", "maximum": "2", "desired": "1"}
    lost = actions.run("create_cluster", {**form, **size, **actions.instance_form(), **EMPTY_TAGS})
    assert len(lost) >= 8
    assert len(actions.ecs.list_clusters()["clusterArns"]) == 1
    assert len(actions.ec2.describe_launch_templates()["LaunchTemplates"]) == 1
    groups = actions.sandbox.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert [len(group["Instances"]) for group in groups] == [1]


def test_instances_are_launched_once(actions: Actions) -> None:
    actions.ecs.create_cluster(clusterName="shop")
    lost = actions.run("launch_container_instances", {**actions.instance_form(), "number": "3"}, cluster="shop")
    assert "RunInstances" in lost
    reservations = actions.ec2.describe_instances()["Reservations"]
    assert sum(len(each["Instances"]) for each in reservations) == 3


def test_a_service_and_its_load_balancer_are_created_once(actions: Actions) -> None:
    actions.ecs.create_cluster(clusterName="shop")
    actions.register_web()
    lost = actions.run("create_service", actions.service_form("web"), cluster="shop")
    assert lost == ["CreateLoadBalancer", "CreateTargetGroup", "CreateListener", "CreateService"]
    balancing = actions.sandbox.client("elbv2")
    assert len(balancing.describe_load_balancers()["LoadBalancers"]) == 1
    assert len(balancing.describe_target_groups()["TargetGroups"]) == 1
    assert len(actions.ecs.list_services(cluster="shop")["serviceArns"]) == 1


def test_each_deployment_registers_one_revision(actions: Actions) -> None:
    actions.ecs.create_cluster(clusterName="shop")
    actions.register_web()
    actions.run("create_service", actions.service_form("web", balancer="none"), cluster="shop")
    where = {"cluster": "shop", "service": "web"}
    lost: Counter[str] = Counter()
    for tag in ("2", "3", "4"):
        lost.update(actions.run("deploy_service", {"tag-web": tag}, **where))
    lost.update(actions.run("force_new_deployment", {}, **where))
    assert lost == {"RegisterTaskDefinition": 3, "UpdateService": 4}
    assert len(actions.ecs.list_task_definitions(familyPrefix="web")["taskDefinitionArns"]) == 4
    deployments = actions.ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"]
    assert len(deployments) == 5


def test_tasks_are_run_once(actions: Actions) -> None:
    actions.ecs.create_cluster(clusterName="shop")
    actions.register_web()
    form = {"task_definition": "web:1", "cluster": "shop", "count": "3", "compute": "FARGATE", "assign_public_ip": "on"}
    none = {**EMPTY_STRATEGY, **EMPTY_TAGS, "overrides-TOTAL_FORMS": "0", "overrides-INITIAL_FORMS": "0"}
    assert actions.run("run_task", {**form, **none, "subnets": actions.network()["subnets"]}) == ["RunTask"]
    assert len(actions.ecs.list_tasks(cluster="shop")["taskArns"]) == 3
