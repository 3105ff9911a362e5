"""With an endpoint that implements ECS only, ECS resources are shown and can be changed; other parts show an error."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from ecsdash.access.models import User
from ecsdash.aws.errors import UNKNOWN_OPERATION
from ecsdash.aws.session import forget
from ecsdash.external_changes.models import ReadPosition
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.registry import SWEEPERS
from ecsdash.inventory.sweeps.run import sweep_now
from tests.operations.drive import start, succeed
from tests.processes import REGION, Sandbox
from tests.trust.ecs_only_endpoint import EcsOnlyEndpoint

ECS_NOUNS = {
    "clusters", "container_instances", "capacity_providers", "services", "service_deployments", "task_definitions",
    "tasks", "stopped_tasks", "event_feeds", "account_settings",
    "ecs_account_settings", "inactive_task_definitions", "express_services", "gateways",
}  # fmt: skip
AT = {"account": "demo", "region": REGION}
PAGES = [
    "", "demo/{r}/clusters/", "demo/{r}/clusters/shop/", "demo/{r}/clusters/shop/services/",
    "demo/{r}/clusters/shop/capacity/", "demo/{r}/clusters/new/", "demo/{r}/clusters/shop/services/new/",
    "demo/{r}/services/", "demo/{r}/services/shop/web/", "demo/{r}/services/shop/web/networking/",
    "demo/{r}/services/shop/web/deployments/", "demo/{r}/services/shop/web/deploy/", "demo/{r}/tasks/",
    "demo/{r}/task-definitions/", "demo/{r}/task-definitions/web/1/", "demo/{r}/task-definitions/new/",
    "demo/{r}/blueprints/wordpress/", "settings/",
]  # fmt: skip


@pytest.fixture
def scope(aws_account: Account, sandbox: Sandbox, settings: Settings) -> Iterator[Scope]:
    """A cluster with one service, swept through an endpoint that implements ECS only."""
    ecs = sandbox.client("ecs")
    ecs.create_cluster(clusterName="shop")
    container = {"name": "web", "image": "shop/web:1", "essential": True}
    size = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
    ecs.register_task_definition(family="web", containerDefinitions=[container], **size)
    subnet = sandbox.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    where = {"cluster": "shop", "serviceName": "web", "launchType": "FARGATE", "networkConfiguration": network}
    ecs.create_service(taskDefinition="web", desiredCount=1, **where)
    sandbox.step(60)
    with EcsOnlyEndpoint(sandbox).open() as endpoint:
        settings.AWS_ENDPOINT_URL = endpoint.url
        forget()
        swept = Scope(aws_account, REGION)
        sweep_now(swept)
        yield swept
    forget()


def codes() -> dict[str, str]:
    """Return the error code of each noun's last sweep; empty when it was complete."""
    return dict(SweepState.objects.values_list("noun", "error_code"))


def test_a_refused_sweep_does_not_affect_others(scope: Scope) -> None:
    found = codes()
    assert set(found) == set(SWEEPERS)
    assert {noun for noun, code in found.items() if not code} == ECS_NOUNS | {"external_changes"}
    assert ReadPosition.objects.get().problem == "This AWS endpoint has no CloudTrail."
    assert {code for code in found.values() if code} <= UNKNOWN_OPERATION


def test_every_page_opens(scope: Scope, admin: User, client: Client) -> None:
    client.force_login(admin)
    answered = {page: client.get("/" + page.format(r=REGION)).status_code for page in PAGES}
    assert {page: status for page, status in answered.items() if status != 200} == {}


def test_a_form_shows_that_its_options_could_not_be_loaded(scope: Scope, admin: User, client: Client) -> None:
    client.force_login(admin)
    page = client.get(f"/demo/{REGION}/clusters/shop/services/new/").content.decode()
    assert "The last refresh failed (" in page


def test_a_cluster_is_created(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    form = {"name": "fresh", "template": "fargate", "container_insights": "disabled"}
    tags = {"tags-TOTAL_FORMS": "0", "tags-INITIAL_FORMS": "0"}
    succeed(start("create_cluster", operator, scope, AT, {**form, **tags}), sandbox)
    assert len(sandbox.client("ecs").list_clusters()["clusterArns"]) == 2


def test_a_service_is_deployed(scope: Scope, operator: User, sandbox: Sandbox) -> None:
    succeed(
        start("deploy_service", operator, scope, {**AT, "cluster": "shop", "service": "web"}, {"tag-web": "2"}), sandbox
    )
    (service,) = sandbox.client("ecs").describe_services(cluster="shop", services=["web"])["services"]
    assert service["taskDefinition"].endswith("web:2")
