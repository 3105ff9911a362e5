"""The worker is killed (SIGKILL, the whole process group) at every step of the long operations: each still succeeds,
and every call takes effect exactly once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings
from support.processes import Family

from ecsdash.access.models import User
from ecsdash.access.permissions import Role
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from ecsdash.operations.models import Operation
from services.forms.load_balancer import BalancerForm
from tests import environment
from tests.operations.drive import start, succeed
from tests.operations.kills import Killer
from tests.operations.tollgate import Tollgate
from tests.processes import REGION, Sandbox, Worker, product_settings
from tests.services.simulated_services import new_target_groups
from tests.users import person

SPEED = 30


class Stage:
    """An account in a simulated AWS, an operator, and a worker that reaches AWS only through the gate."""

    def __init__(self, sandbox: Sandbox, account: Account, gate: Tollgate, worker: Worker) -> None:
        self.sandbox, self.gate, self.worker = sandbox, gate, worker
        self.scope = Scope(account, REGION)
        self.user: User = person("operator", Role.OPERATOR, account="demo")
        self.ecs = sandbox.client("ecs")
        self.ec2 = sandbox.client("ec2")

    def at(self, **kwargs: str) -> dict[str, str]:
        return {"account": "demo", "region": REGION, **kwargs}

    def survive(self, action: str, url_kwargs: dict[str, str], data: dict[str, Any], only: str = "") -> Killer:
        """Run the operation while every worker is killed (at the call `only`); it must succeed."""
        sweep_now(self.scope)
        killer = Killer(self.worker, self.gate, start(action, self.user, self.scope, url_kwargs, data), only)
        with self.sandbox.running(SPEED):
            operation = killer.finish()
        assert operation.state == "succeeded", (operation.state, operation.error, killer.kills)
        return killer

    def prepare(self, action: str, url_kwargs: dict[str, str], data: dict[str, Any]) -> Operation:
        """Run an operation without kills, as preparation."""
        sweep_now(self.scope)
        return succeed(start(action, self.user, self.scope, url_kwargs, data), self.sandbox)

    def network(self) -> dict[str, list[str]]:
        """Return the subnets and the security group of the default network."""
        subnets = self.ec2.describe_subnets()["Subnets"][:2]
        groups = self.ec2.describe_security_groups()["SecurityGroups"][:1]
        return {"subnets": [s["SubnetId"] for s in subnets], "security_groups": [g["GroupId"] for g in groups]}


@pytest.fixture
def stage(
    transactional_db: None, family: Family, sandbox: Sandbox, aws_account: Account, settings: Settings
) -> Iterator[Stage]:
    settings.OPERATION_LEASE_SECONDS = 3
    with Tollgate(sandbox).open() as gate:
        values = product_settings(
            str(connection.settings_dict["NAME"]),
            environment.REDIS_URL,
            sandbox,
            AWS_ENDPOINT_URL=gate.url,
            OPERATION_LEASE_SECONDS="3",
        )
        worker = Worker(family, values)
        yield Stage(sandbox, aws_account, gate, worker)
        worker.stop()


def machine(stage: Stage) -> dict[str, Any]:
    """Return the data of LaunchFields."""
    sweep_now(stage.scope, "machine_images")
    from clusters.models import MachineImage

    return {
        "image": MachineImage.objects.filter(architecture="x86_64").order_by("name")[0].name,
        "instance_type": "t3.medium",
        "instance_profile": "new",
        "key_pair": "",
        "disk": "30",
        **stage.network(),
    }


NO_TAGS = {"tags-TOTAL_FORMS": "0", "tags-INITIAL_FORMS": "0"}


def test_create_cluster_survives_a_kill_at_every_step(stage: Stage) -> None:
    size = {"minimum": "0", "maximum": "2", "desired": "1"}
    form = {"name": "shop", "template": "both", "container_insights": "disabled", **size, **machine(stage), **NO_TAGS}
    killer = stage.survive("create_cluster", stage.at(), form)
    assert len([kill for kill in killer.kills if kill.startswith("after")]) >= 8
    assert stage.ecs.list_clusters()["clusterArns"] == [f"arn:aws:ecs:{REGION}:123456789012:cluster/shop"]
    groups = stage.sandbox.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert len(groups) == 1
    assert len(stage.ec2.describe_launch_templates()["LaunchTemplates"]) == 1
    providers = stage.ecs.describe_clusters(clusters=["shop"])["clusters"][0]["capacityProviders"]
    assert len(providers) == 3


def test_launch_survives_a_kill_at_every_step(stage: Stage) -> None:
    stage.ecs.create_cluster(clusterName="shop")
    form = {**machine(stage), "number": "3"}
    killer = stage.survive("launch_container_instances", stage.at(cluster="shop"), form)
    assert "after RunInstances" in killer.kills
    reservations = stage.ec2.describe_instances()["Reservations"]
    assert sum(len(reservation["Instances"]) for reservation in reservations) == 3
    assert len(stage.ecs.list_container_instances(cluster="shop")["containerInstanceArns"]) == 3


def web_definition(stage: Stage) -> None:
    container = {
        "name": "web",
        "image": "shop/web:1",
        "essential": True,
        "portMappings": [{"containerPort": 80, "protocol": "tcp"}],
    }
    stage.ecs.register_task_definition(
        family="web",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[container],
    )


def service_form(stage: Stage, **changes: Any) -> dict[str, Any]:
    chosen = stage.network()
    network = {"subnets": chosen["subnets"], "securityGroups": chosen["security_groups"], "assignPublicIp": "ENABLED"}
    document = {
        "serviceName": changes.pop("service_name", "web"),
        "taskDefinition": "web:1",
        "desiredCount": changes.pop("desired_count", 2),
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": network},
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    }
    group = {name: changes.pop(name) for name in list(changes) if name in BalancerForm.base_fields}
    return {"json": json.dumps(document), **new_target_groups(*([group] if group else [])), **changes}


def test_create_service_survives_a_kill_at_every_step(stage: Stage) -> None:
    stage.ecs.create_cluster(clusterName="shop")
    web_definition(stage)
    new_balancer = {"balancer": "new", "listener_port": "80", "health_check_path": "/"}
    killer = stage.survive("create_service", stage.at(cluster="shop"), service_form(stage, **new_balancer))
    calls = [kill.removeprefix("after ") for kill in killer.kills if kill.startswith("after")]
    assert calls == ["CreateLoadBalancer", "CreateTargetGroup", "CreateListener", "CreateService"]
    balancing = stage.sandbox.client("elbv2")
    assert len(balancing.describe_load_balancers()["LoadBalancers"]) == 1
    assert len(balancing.describe_target_groups()["TargetGroups"]) == 1
    (service,) = stage.ecs.describe_services(cluster="shop", services=["web"])["services"]
    assert (service["runningCount"], len(service["deployments"])) == (2, 1)
    create_service_by_rule(stage)


def create_service_by_rule(stage: Stage) -> None:
    """Create a service behind the first service's listener; the worker is killed before and after CreateRule."""
    balancing = stage.sandbox.client("elbv2")
    balancer = balancing.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    (listener,) = balancing.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    by_rule = {"balancer": "listener", "listener": listener["ListenerArn"], "rule_paths": "/api/*"}
    form = service_form(stage, service_name="api", desired_count=0, health_check_path="/", **by_rule)
    killer = stage.survive("create_service", stage.at(cluster="shop"), form, only="CreateRule")
    assert killer.kills == ["before CreateRule", "after CreateRule"]
    rules = balancing.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    assert [rule["Priority"] for rule in rules] == ["1", "default"]
    assert len(balancing.describe_target_groups()["TargetGroups"]) == 2


def test_deploy_survives_a_kill_at_every_step(stage: Stage) -> None:
    stage.ecs.create_cluster(clusterName="shop")
    web_definition(stage)
    stage.prepare("create_service", stage.at(cluster="shop"), service_form(stage))
    killer = stage.survive("deploy_service", stage.at(cluster="shop", service="web"), {"tag-web": "2"})
    calls = [kill.removeprefix("after ") for kill in killer.kills if kill.startswith("after")]
    assert calls == ["RegisterTaskDefinition", "UpdateService"]
    assert len(stage.ecs.list_task_definitions(familyPrefix="web")["taskDefinitionArns"]) == 2
    (service,) = stage.ecs.describe_services(cluster="shop", services=["web"])["services"]
    assert service["taskDefinition"].endswith("web:2")
    deployments = stage.ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"]
    assert len(deployments) == 2


def test_removal_of_what_an_operation_created_survives_kills(stage: Stage) -> None:
    """Killed before and after each of its two calls that delete a secret."""
    subnets = stage.network()["subnets"]
    form = {"name": "blog", "cluster": "new:", "subnets": subnets, "site_count": "1", "site_image": "wordpress:6",
            "database_image": "mysql:8.4"}  # fmt: skip
    operation = stage.prepare("create_wordpress", stage.at(), form)
    killer = stage.survive("remove_created", stage.at(), {"operation": str(operation.pk)}, only="DeleteSecret")
    assert {"before DeleteSecret", "after DeleteSecret"} <= set(killer.kills)
    assert stage.ecs.list_clusters()["clusterArns"] == []
    assert stage.sandbox.client("secretsmanager").list_secrets()["SecretList"] == []
    assert stage.sandbox.client("efs").describe_file_systems()["FileSystems"] == []
