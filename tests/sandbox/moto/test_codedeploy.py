"""CodeDeploy deploys an ECS service: another task set in the other target group, and the traffic with it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox import code_deploy, shop
from tests.sandbox.conftest import Sandbox
from tests.sandbox.http.test_endpoint import refusal


@pytest.fixture
def floor(sandbox: Sandbox) -> Sandbox:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    shop.register(sandbox, "web", "shop/web:1", port=8080)
    return sandbox


def service(sandbox: Sandbox) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.client("ecs").describe_services(cluster="shop", services=["web"])["services"][0]
    return found


def weights(sandbox: Sandbox, listener: str) -> dict[str, int]:
    [found] = sandbox.client("elbv2").describe_listeners(ListenerArns=[listener])["Listeners"]
    groups = found["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]
    return {group["TargetGroupArn"]: group["Weight"] for group in groups}


def test_a_deployment_moves_the_service_to_the_other_target_group(floor: Sandbox) -> None:
    listener, blue, green = code_deploy.site(floor)
    floor.step(shop.SETTLED)
    assert [each["status"] for each in service(floor)["taskSets"]] == ["PRIMARY"]
    second = shop.register(floor, "web", "shop/web:2", port=8080)
    deployment = code_deploy.deploy(floor, code_deploy.appspec(second))
    assert code_deploy.state(floor, deployment)["status"] == "Created"
    floor.step(2)
    assert code_deploy.state(floor, deployment)["status"] == "InProgress"
    replacement, _ = service(floor)["taskSets"]
    assert (replacement["status"], replacement["externalId"]) == ("ACTIVE", deployment)
    assert not service(floor)["taskDefinition"].endswith(":2")
    floor.step(shop.SETTLED)
    assert code_deploy.state(floor, deployment)["status"] == "Succeeded"
    after = service(floor)
    assert (after["taskDefinition"], after["runningCount"], after["deployments"]) == (second, 2, [])
    assert after["loadBalancers"] == [{"targetGroupArn": green, "containerName": "web", "containerPort": 8080}]
    assert weights(floor, listener) == {blue: 0, green: 100}


def test_a_canary_gets_its_share_of_the_traffic_first(floor: Sandbox) -> None:
    listener, blue, green = code_deploy.site(floor, "CodeDeployDefault.ECSCanary10Percent5Minutes")
    floor.step(shop.SETTLED)
    second = shop.register(floor, "web", "shop/web:2", port=8080)
    deployment = code_deploy.deploy(floor, code_deploy.appspec(second))
    floor.step(200)
    assert weights(floor, listener) == {blue: 90, green: 10}
    floor.step(300)
    assert code_deploy.state(floor, deployment)["status"] == "Succeeded"


def test_what_never_becomes_healthy_goes_back_after_an_hour(floor: Sandbox) -> None:
    code_deploy.site(floor)
    floor.step(shop.SETTLED)
    first = service(floor)["taskDefinition"]
    broken = shop.register(floor, "web", "shop/web:crash", port=8080)
    deployment = code_deploy.deploy(floor, code_deploy.appspec(broken))
    floor.step(3500)
    assert code_deploy.state(floor, deployment)["status"] == "InProgress"
    floor.step(400)
    assert code_deploy.state(floor, deployment)["status"] == "Failed"
    assert (service(floor)["taskDefinition"], service(floor)["runningCount"]) == (first, 2)


def test_the_ecs_api_leaves_the_deploying_to_codedeploy(floor: Sandbox) -> None:
    code_deploy.site(floor)
    ecs = floor.client("ecs")
    for change in ({"taskDefinition": "web"}, {"forceNewDeployment": True}):
        with pytest.raises(ClientError, match="Use AWS CodeDeploy to trigger a new deployment"):
            ecs.update_service(cluster="shop", service="web", **change)
    ecs.update_service(cluster="shop", service="web", desiredCount=1)
    floor.step(shop.SETTLED)
    assert service(floor)["runningCount"] == 1


def test_a_deployment_needs_an_appspec_and_an_idle_group(floor: Sandbox) -> None:
    code_deploy.site(floor)
    with pytest.raises(ClientError) as caught:
        code_deploy.deploy(floor, "version: 0.0")
    assert refusal(caught) == "InvalidRevisionException"
    second = shop.register(floor, "web", "shop/web:2", port=8080)
    code_deploy.deploy(floor, code_deploy.appspec(second))
    with pytest.raises(ClientError) as caught:
        code_deploy.deploy(floor, code_deploy.appspec(second))
    assert refusal(caught) == "DeploymentLimitExceededException"


def test_an_unknown_task_definition_fails_the_deployment(floor: Sandbox) -> None:
    code_deploy.site(floor)
    floor.step(shop.SETTLED)
    deployment = code_deploy.deploy(floor, code_deploy.appspec("web:99"))
    floor.step(2)
    said = code_deploy.state(floor, deployment)
    assert said["status"] == "Failed"
    assert said["additionalDeploymentStatusInfo"].startswith("ClientException")
