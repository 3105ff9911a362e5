"""A canary deployment as a visitor of the load balancer's address sees it, over HTTP."""

from collections import Counter
from typing import Any

import pytest

from tests.sandbox import aws, shop
from tests.sandbox.conftest import Sandbox

ROLE = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"
CANARY = {
    "strategy": "CANARY",
    "bakeTimeInMinutes": 1,
    "canaryConfiguration": {"canaryPercent": 20, "canaryBakeTimeInMinutes": 10},
}


@pytest.fixture
def address(sandbox: Sandbox) -> str:
    """Where a service with two target groups answers."""
    sandbox.client("ecs").create_cluster(clusterName="shop")
    blue, green = aws.target_group(sandbox, "blue"), aws.target_group(sandbox, "green")
    balancer = aws.load_balancer(sandbox)
    listener = aws.listener(sandbox, balancer["LoadBalancerArn"], aws.forward(blue))
    shop.register(sandbox, "web", "shop/web:1", port=8080)
    advanced = {"alternateTargetGroupArn": green, "productionListenerRule": listener, "roleArn": ROLE}
    place = {"targetGroupArn": blue, "containerName": "web", "containerPort": 8080, "advancedConfiguration": advanced}
    shop.service(sandbox, "web", loadBalancers=[place], deploymentConfiguration=CANARY)
    sandbox.step(shop.SETTLED)
    return str(balancer["DNSName"]).partition(":")[0]


def versions(sandbox: Sandbox, address: str, visits: int = 200) -> dict[str, int]:
    pages = [sandbox.get(address)[1] for _ in range(visits)]
    return Counter(version for page in pages for version in ("shop/web:1", "shop/web:2") if version in page)


def deployment(sandbox: Sandbox) -> dict[str, Any]:
    ecs = sandbox.client("ecs")
    listed = ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"]
    arns = [listed[0]["serviceDeploymentArn"]]
    found: dict[str, Any] = ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"][0]
    return found


def test_visitors_meet_the_canary_by_its_share_and_then_only_the_new_version(sandbox: Sandbox, address: str) -> None:
    assert versions(sandbox, address) == {"shop/web:1": 200}
    shop.register(sandbox, "web", "shop/web:2", port=8080)
    sandbox.client("ecs").update_service(cluster="shop", service="web", taskDefinition="web:2")
    sandbox.step(shop.SETTLED)
    assert deployment(sandbox)["lifecycleStage"] == "PRODUCTION_TRAFFIC_SHIFT"
    assert versions(sandbox, address) == {"shop/web:1": 160, "shop/web:2": 40}
    sandbox.step(900)
    assert deployment(sandbox)["status"] == "SUCCESSFUL"
    assert versions(sandbox, address) == {"shop/web:2": 200}
