"""Deployments that CloudWatch alarms end, and those that end early."""

from typing import Any

import pytest

from ecsdash.sandbox.ecs.aws_services import Alarm
from tests.sandbox.ecs.stage import Stage
from tests.sandbox.ecs.staged import BLUE_GREEN, record, running, until
from tests.sandbox.ecs.staged import deploy as deploy_in_stages
from tests.sandbox.ecs.test_deployments import deploy, running_service

ALARMS = {"alarms": {"alarmNames": ["errors", "latency"], "enable": True, "rollback": True}}
EARLY = {"enable": True, "healthyPercent": 75, "sourceServiceRevisionCleanup": "DEFERRED"}


@pytest.fixture
def watched(stage: Stage) -> Stage:
    stage.aws.alarms = {"errors": Alarm(False, 120.0), "latency": Alarm(False, 60.0)}
    running_service(stage)
    return stage


def ring(stage: Stage, name: str = "errors") -> None:
    stage.aws.alarms[name] = Alarm(True, 120.0)


def primary(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.service()["deployments"][0]
    return found


def test_a_ringing_alarm_fails_the_deployment_and_takes_it_back(watched: Stage) -> None:
    first = watched.service()["taskDefinition"]
    deploy(watched, "nginx:1.28", deploymentConfiguration=ALARMS)
    watched.step(20)
    assert record(watched)["alarms"]["status"] == "MONITORING"
    ring(watched)
    watched.step(90)
    assert watched.service()["taskDefinition"] == first
    ended = record(watched)
    assert ended["alarms"] == {
        "status": "TRIGGERED",
        "alarmNames": ["errors", "latency"],
        "triggeredAlarmNames": ["errors"],
    }
    assert (ended["status"], ended["rollback"]["reason"]) == (
        "ROLLBACK_SUCCESSFUL",
        "Service deployment rolled back because a deployment alarm was triggered.",
    )
    assert any("deployment failed: alarm detected." in message for message in watched.events())


def test_without_rollback_the_deployment_stays_where_it_is(watched: Stage) -> None:
    configuration = {"alarms": ALARMS["alarms"] | {"rollback": False}}
    second = deploy(watched, "nginx:1.28", deploymentConfiguration=configuration)
    watched.step(10)
    ring(watched)
    watched.step(30)
    assert (watched.service()["taskDefinition"], primary(watched)["rolloutState"]) == (second, "FAILED")
    assert record(watched)["status"] == "STOPPED"


def test_a_deployment_with_alarms_bakes_as_long_as_they_look_back(watched: Stage) -> None:
    deploy(watched, "nginx:1.28", deploymentConfiguration=ALARMS)
    watched.step(100)
    assert (len(watched.service()["deployments"]), primary(watched)["rolloutState"]) == (1, "IN_PROGRESS")
    watched.step(100)
    assert primary(watched)["rolloutState"] == "COMPLETED"
    assert record(watched)["alarms"]["status"] == "MONITORING_COMPLETE"
    ring(watched)
    watched.step(60)
    assert record(watched)["status"] == "SUCCESSFUL"


def test_an_alarm_that_rings_at_the_start_is_not_looked_at(watched: Stage) -> None:
    ring(watched)
    deploy(watched, "nginx:1.28", deploymentConfiguration=ALARMS)
    watched.step(90)
    assert (record(watched)["status"], record(watched)["alarms"]["status"]) == ("SUCCESSFUL", "DISABLED")


def test_an_alarm_ends_a_blue_green_deployment_while_it_bakes(stage: Stage) -> None:
    stage.aws.alarms = {"errors": Alarm(False, 60.0)}
    running(stage, BLUE_GREEN)
    deploy_in_stages(stage, BLUE_GREEN | ALARMS)
    until(stage, "BAKE_TIME")
    ring(stage)
    stage.step(60)
    assert record(stage)["status"] == "ROLLBACK_SUCCESSFUL"


def test_a_deployment_succeeds_early_and_goes_on_in_the_background(stage: Stage) -> None:
    running_service(stage)
    configuration = {"minimumHealthyPercent": 75, "maximumPercent": 100, "earlySuccessCriteria": EARLY}
    deploy(stage, "nginx:1.28", deploymentConfiguration=configuration)
    for _ in range(180):
        stage.step(1)
        if record(stage)["status"] == "SUCCESSFUL":
            break
    assert primary(stage)["runningCount"] == 3
    stage.step(60)
    assert primary(stage)["runningCount"] == 4


@pytest.mark.parametrize(
    "configuration",
    [
        {"alarms": {"alarmNames": [], "enable": True, "rollback": True}},
        {"earlySuccessCriteria": {"enable": True, "healthyPercent": 50}},
        {"earlySuccessCriteria": EARLY | {"healthyPercent": 50}},
        {"earlySuccessCriteria": EARLY, "strategy": "BLUE_GREEN"},
    ],
)
def test_what_does_not_fit_together_is_refused(stage: Stage, configuration: dict[str, Any]) -> None:
    running_service(stage, count=1)
    error = stage.refused("UpdateService", cluster="shop", service="web", deploymentConfiguration=configuration)
    assert error.code == "InvalidParameterException"
