"""Every resource page links to the resource in the AWS console, except with the simulated AWS."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance
from ecsdash.access.models import User
from ecsdash.aws.console_links import PAGES, of_arn
from ecsdash.inventory.models import Account, EventFeed
from services.models import LoadBalancer, Service, ServiceDeployment, TargetGroup, Task, TaskDefinition
from tests.users import make_account

R = "eu-central-1"
HERE = f"/demo/{R}/"
SERVICE = f"{HERE}services/shop/web/"
LOGS = {"awslogs-group": "/ecs/web", "awslogs-stream-prefix": "ecs", "awslogs-region": R}


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{R}:123456789012:{resource}"


GROUP = arn("autoscaling", "autoScalingGroup:0a-1b:autoScalingGroupName/cp-shop")
BALANCER, TARGETS = (
    arn("elasticloadbalancing", "loadbalancer/app/web/1"),
    arn("elasticloadbalancing", "targetgroup/web/1"),
)
DEFINITION, QUEUE = arn("ecs", "task-definition/web:7"), f"https://sqs.{R}.amazonaws.com/123456789012/ecsdash"


@pytest.fixture
def estate(db: None) -> Account:
    """Create one row of every kind that has a page."""
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[R])

    def row(model: Any, its_arn: str, name: str, **columns: Any) -> None:
        model.objects.create(account=account, region=R, arn=its_arn, name=name, observed_at=timezone.now(), **columns)

    row(Cluster, arn("ecs", "cluster/shop"), "shop", status="ACTIVE", capacity_providers=["cp-shop"])
    row(
        ContainerInstance, arn("ecs", "container-instance/shop/0a1b"), "i-0abc", cluster_name="shop", status="ACTIVE",
        container_instance_id="0a1b",
    )  # fmt: skip
    row(
        CapacityProvider, arn("ecs", "capacity-provider/cp-shop"), "cp-shop", status="ACTIVE",
        auto_scaling_group_arn=GROUP,
    )  # fmt: skip
    row(AutoScalingGroup, GROUP, "cp-shop", min_size=0, max_size=2, desired_capacity=1)
    attached = {"targetGroupArn": TARGETS, "containerName": "web", "containerPort": 80}
    row(
        Service, arn("ecs", "service/shop/web"), "web", cluster_name="shop", status="ACTIVE", desired_count=1,
        running_count=1, task_definition=DEFINITION, description={"loadBalancers": [attached]},
    )  # fmt: skip
    row(
        ServiceDeployment, arn("ecs", "service-deployment/shop/web/x1"), "x1", cluster_name="shop", service_name="web",
        status="SUCCESSFUL", created_at=timezone.now(),
    )  # fmt: skip
    row(
        Task, arn("ecs", "task/shop/0a1b"), "0a1b", cluster_name="shop", service_name="web", family="web", revision=7,
        last_status="RUNNING", desired_status="RUNNING", task_definition_arn=DEFINITION, created_at=timezone.now(),
    )  # fmt: skip
    container = {"name": "web", "image": "nginx", "logConfiguration": {"logDriver": "awslogs", "options": LOGS}}
    row(
        TaskDefinition, DEFINITION, "web:7", family="web", revision=7, status="ACTIVE",
        description={"family": "web", "containerDefinitions": [container]},
    )  # fmt: skip
    row(LoadBalancer, BALANCER, "web", state="active")
    row(TargetGroup, TARGETS, "web", load_balancer_arns=[BALANCER])
    row(EventFeed, arn("events", "rule/ecsdash"), "ecsdash", queue_url=QUEUE, connected=True)
    return account


STREAM = PAGES["log_stream"](R, "/ecs/web", "ecs/web/0a1b")
OF_SERVICE = of_arn(arn("ecs", "service/shop/web"))
PLACES = [
    (f"{HERE}clusters/shop/", of_arn(arn("ecs", "cluster/shop"))),
    (f"{HERE}clusters/shop/instances/", of_arn(arn("ecs", "cluster/shop"))),
    (f"{HERE}clusters/shop/tasks/", of_arn(arn("ecs", "cluster/shop"))),
    (f"{HERE}clusters/shop/capacity/", PAGES["capacity_providers"](R, "shop")),
    (f"{HERE}clusters/shop/capacity/", of_arn(GROUP)),
    (f"{HERE}clusters/shop/instances/i-0abc/", of_arn(arn("ecs", "container-instance/shop/0a1b"))),
    (f"{HERE}clusters/shop/instances/i-0abc/", PAGES["ec2_instance"](R, "i-0abc")),
    *((f"{SERVICE}{tab}", OF_SERVICE) for tab in (
        "", "events/", "deployments/", "logs/", "metrics/", "networking/", "configuration/",
    )),
    (f"{SERVICE}networking/", of_arn(BALANCER)),
    (f"{SERVICE}networking/", of_arn(TARGETS)),
    (f"{SERVICE}logs/", STREAM),
    (f"{SERVICE}deployments/x1/", of_arn(arn("ecs", "service-deployment/shop/web/x1"))),
    (f"{HERE}tasks/0a1b/", of_arn(arn("ecs", "task/shop/0a1b"))),
    (f"{HERE}tasks/0a1b/", STREAM),
    (f"{HERE}task-definitions/web/", PAGES["task_definition_family"](R, "web")),
    (f"{HERE}task-definitions/web/7/", of_arn(DEFINITION)),
    (f"{HERE}task-definitions/web/7/", PAGES["log_group"](R, "/ecs/web")),
    (f"{HERE}events/", of_arn(arn("events", "rule/ecsdash"))),
    (f"{HERE}events/", PAGES["queue"](R, QUEUE)),
]  # fmt: skip


def text(client: Client, user: User, path: str) -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(("path", "url"), PLACES)
def test_a_page_leads_to_the_same_thing_in_the_console(
    client: Client, admin: User, estate: Account, path: str, url: str
) -> None:
    assert url.startswith(f"https://{R}.console.aws.amazon.com/")
    link = f'<a class="console-link" href="{escape(url)}" rel="noopener noreferrer" target="_blank"'
    assert link in text(client, admin, path)


@pytest.mark.parametrize("path", sorted({path for path, _ in PLACES}))
def test_with_the_simulated_aws_there_is_no_link(
    client: Client, admin: User, estate: Account, settings: Any, path: str
) -> None:
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:9"
    assert "console-link" not in text(client, admin, path)


def test_what_is_gone_has_no_link(client: Client, admin: User, estate: Account) -> None:
    Cluster.objects.update(gone_at=timezone.now())
    assert "console-link" not in text(client, admin, f"{HERE}clusters/shop/")
