"""Deployments that a PAUSE hook holds until a person decides."""

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.operations.hooks import LOOKUPS
from services.models import ServiceDeployment
from services.selectors.deployments import paused
from tests.operations import drive
from tests.services.simulated_services import IN_SERVICE, MOVED, SimulatedServices, calls, titles
from tests.users import Users

OFFER = "/services/shop/web-front/continue-deployment/"
HELD = {
    "strategy": "BLUE_GREEN",
    "bakeTimeInMinutes": 0,
    "lifecycleHooks": [{
        "targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"],
        "timeoutConfiguration": {"timeoutInMinutes": 60, "action": "ROLLBACK"},
    }],
}  # fmt: skip


@pytest.fixture
def stage(service_stage: SimulatedServices) -> SimulatedServices:
    """A service whose deployment of revision 2, begun elsewhere, is held at a stage."""
    service_stage.steady_service()
    service_stage.register("nginx:1.28")
    service_stage.client("ecs").update_service(**IN_SERVICE, taskDefinition="web-front:2", deploymentConfiguration=HELD)
    service_stage.sandbox.step(120)
    service_stage.sweep(*MOVED)
    assert paused(service_stage.service())
    return service_stage


def newest() -> ServiceDeployment:
    found: ServiceDeployment = ServiceDeployment.objects.order_by("-created_at")[0]
    return found


def test_the_deployment_goes_on_when_somebody_continues(stage: SimulatedServices, deployer: User) -> None:
    plan = stage.review("continue_deployment", deployer, {"decision": "CONTINUE"}, **IN_SERVICE)
    assert calls(plan) == ["ecs.continue_service_deployment"]
    assert titles(plan, "ok") == ["The deployment goes on after the stage post scale up"]

    stage.do("continue_deployment", deployer, {"decision": "CONTINUE"}, **IN_SERVICE)
    stage.sandbox.step(120)
    stage.sweep(*MOVED)

    assert newest().status == "SUCCESSFUL"
    assert stage.service().revision == "web-front:2"


def test_the_deployment_is_rolled_back_when_somebody_decides_so(stage: SimulatedServices, deployer: User) -> None:
    stage.do("continue_deployment", deployer, {"decision": "ROLLBACK"}, **IN_SERVICE)

    assert newest().status == "ROLLBACK_SUCCESSFUL"
    assert stage.service().revision == "web-front:1"


def test_a_decision_that_somebody_else_took_meanwhile_is_not_repeated(stage: SimulatedServices, deployer: User) -> None:
    operation = stage.start("continue_deployment", deployer, {"decision": "ROLLBACK"}, **IN_SERVICE)
    hook = newest().description["lifecycleHookDetails"][0]["hookId"]
    stage.client("ecs").continue_service_deployment(serviceDeploymentArn=newest().arn, hookId=hook, action="CONTINUE")

    drive.drive(operation, stage.sandbox, 20)

    assert operation.state == "failed"
    assert "The pause hook" in operation.error["message"]


def test_an_answer_that_was_given_already_is_found(stage: SimulatedServices, deployer: User) -> None:
    found = LOOKUPS["continued_deployment"]
    hook = newest().description["lifecycleHookDetails"][0]["hookId"]
    params = {"serviceDeploymentArn": newest().arn, "hookId": hook, "action": "CONTINUE"}
    aws = stage.scope.connection()
    assert found(aws, params, "") is None

    stage.client("ecs").continue_service_deployment(**params)

    assert found(aws, params, "") == {"serviceDeploymentArn": newest().arn}
    assert found(aws, {**params, "action": "ROLLBACK"}, "") is None


def test_it_is_offered_where_the_deployment_is_shown_while_it_waits(
    stage: SimulatedServices, users: Users, client: Client
) -> None:
    for person, offered in (("deployer", True), ("viewer", False)):
        client.force_login(users.named(person))
        for path in ("", f"deployments/{newest().name}/"):
            page = client.get(f"/demo/eu-central-1/services/shop/web-front/{path}").content.decode()
            assert (OFFER in page) is offered
    assert (
        "Paused at the stage post scale up"
        in client.get("/demo/eu-central-1/services/shop/web-front/").content.decode()
    )

    stage.do("continue_deployment", users.deployer, {"decision": "CONTINUE"}, **IN_SERVICE)
    client.force_login(users.deployer)
    assert OFFER not in client.get("/demo/eu-central-1/services/shop/web-front/").content.decode()
