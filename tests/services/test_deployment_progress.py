"""How far a deployment has come, as its page and the page of its service say it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ecsdash.web.timeline import StageState
from services.models import Alarm, ServiceDeployment
from services.selectors.deployment_progress import DeploymentProgress, listener_of, progress_of
from tests.prepared import prepare
from tests.services.shifting import canary, infrastructure_role, two_target_groups
from tests.services.simulated_services import IN_SERVICE, MOVED, SimulatedServices
from tests.users import Users

PAGE = "/demo/eu-central-1/services/shop/web-front/"
NEW, OLD = "New web-front:2", "Old web-front:1"


@pytest.fixture
def stage(empty_service_stage: SimulatedServices) -> SimulatedServices:
    """A service with two target groups, whose canary deployment of revision 2 waits at a pause hook."""
    prepare(
        "a paused canary", empty_service_stage.scope, empty_service_stage.sandbox, lambda: build(empty_service_stage)
    )
    return empty_service_stage


def build(stage: SimulatedServices) -> None:
    stage._build()
    infrastructure_role(stage.client)
    alarms = {"alarmNames": ["errors", "latency"], "enable": True, "rollback": True}
    balancing = [two_target_groups(stage.client, "web", "web")]
    stage.steady_service(2, loadBalancers=balancing, deploymentConfiguration={"strategy": "CANARY"})
    stage.register("nginx:1.28")
    wanted = canary(percent=20, wait=5, bake=7, alarms=alarms)
    stage.client("ecs").update_service(**IN_SERVICE, taskDefinition="web-front:2", deploymentConfiguration=wanted)
    stage.sandbox.step(120)
    stage.sweep(*MOVED)


def newest() -> ServiceDeployment:
    found: ServiceDeployment = ServiceDeployment.objects.order_by("-created_at")[0]
    return found


def progress(stage: SimulatedServices, users: Users) -> DeploymentProgress:
    return progress_of(users.viewer, stage.scope, stage.service(), newest())


def states(found: DeploymentProgress) -> dict[str, StageState]:
    assert found.timeline
    return {each.name: each.state for each in found.timeline.stages}


def roll_back(stage: SimulatedServices) -> None:
    """Decide the pause elsewhere."""
    hook = newest().description["lifecycleHookDetails"][0]["hookId"]
    stage.client("ecs").continue_service_deployment(serviceDeploymentArn=newest().arn, hookId=hook, action="ROLLBACK")


def later(stage: SimulatedServices, seconds: float) -> None:
    stage.sandbox.step(seconds)
    stage.sweep("services", "service_deployments", "tasks")


def test_a_paused_canary_says_where_it_is_and_where_the_new_tasks_can_be_tried(
    stage: SimulatedServices, users: Users, client: Client
) -> None:
    Alarm.objects.create(
        account=stage.scope.account, region=stage.scope.region, arn="alarm", name="errors", state="OK",
        observed_at=timezone.now(),
    )  # fmt: skip

    found = progress(stage, users)

    assert states(found) == {
        "SCALE_UP": "done", "TEST_TRAFFIC_SHIFT": "done", "POST_TEST_TRAFFIC_SHIFT": "current",
        "PRODUCTION_TRAFFIC_SHIFT": "to-come", "BAKE_TIME": "to-come", "CLEAN_UP": "to-come",
    }  # fmt: skip
    assert [share[:2] for share in found.production] == [(NEW, 0), (OLD, 1000)]
    assert [share[:2] for share in found.test] == [(NEW, 1000), (OLD, 0)]
    assert found.countdown is None
    assert [(hook.words, hook.status, hook.then) for hook in found.hooks] == [
        ("Pause", "AWAITING_ACTION", "rolls back")
    ]
    assert [(each.name, each.state) for each in found.alarms] == [("errors", "OK"), ("latency", "")]
    assert found.usual
    assert found.usual.count == 1
    (address,) = found.test_addresses
    assert address.startswith("http://web.")
    client.force_login(users.viewer)
    for path in ("", f"deployments/{newest().name}/"):
        page = client.get(PAGE + path).content.decode()
        assert "Paused at the stage post test traffic shift" in page
        assert f'<a href="{address}"' in page
        assert f'aria-label="Production traffic: {NEW} 0 %, {OLD} 100 %"' in page
        assert page.count('class="square ok"') == 2
        assert page.count('class="square ok old"') == 2


def test_shares_and_waits_follow_the_deployment_until_it_is_successful(stage: SimulatedServices, users: Users) -> None:
    stage.do("continue_deployment", users.deployer, {"decision": "CONTINUE"}, **IN_SERVICE)
    found = progress(stage, users)
    assert states(found)["PRODUCTION_TRAFFIC_SHIFT"] == "current"
    assert [share[:2] for share in found.production] == [(NEW, 200), (OLD, 800)]
    assert found.countdown
    assert found.countdown.words == "ECS shifts the rest of the traffic"
    (shift,) = newest().progress["shifts"]
    assert (found.countdown.ends_at - moment(shift["at"])).total_seconds() == 300

    later(stage, 300)
    found = progress(stage, users)
    assert states(found)["BAKE_TIME"] == "current"
    assert [each["share"] for each in newest().progress["shifts"]] == [20, 100]
    assert found.countdown
    assert found.countdown.words == "Bake time ends"
    assert (found.countdown.ends_at - moment(newest().progress["stages"]["BAKE_TIME"])).total_seconds() == 420

    later(stage, 480)
    found = progress(stage, users)
    assert newest().status == "SUCCESSFUL"
    assert set(states(found).values()) == {StageState.DONE}
    assert found.countdown is None
    assert found.alarms == []


def test_a_deployment_that_is_rolled_back_says_at_which_stage_it_ended(stage: SimulatedServices, users: Users) -> None:
    roll_back(stage)
    later(stage, 2)

    found = progress(stage, users)

    assert newest().status == "ROLLBACK_IN_PROGRESS"
    assert states(found)["POST_TEST_TRAFFIC_SHIFT"] == "reached"
    assert states(found)["BAKE_TIME"] == "not-reached"
    assert found.countdown is None


def test_a_rolling_deployment_has_no_stages_and_no_shares(stage: SimulatedServices, users: Users) -> None:
    roll_back(stage)
    rolling = {"strategy": "ROLLING", "lifecycleHooks": []}
    later(stage, 120)
    stage.client("ecs").update_service(**IN_SERVICE, taskDefinition="web-front:2", deploymentConfiguration=rolling)
    later(stage, 2)

    found = progress(stage, users)

    assert found.timeline is None
    assert found.production == []


def test_a_rule_leads_to_its_listener() -> None:
    above = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"
    assert listener_of(f"{above}:listener-rule/app/web/1/2/3") == f"{above}:listener/app/web/1/2"
    assert listener_of(f"{above}:listener/net/web/1/2") == f"{above}:listener/net/web/1/2"


def moment(text: str) -> Any:
    return parse_datetime(text)
