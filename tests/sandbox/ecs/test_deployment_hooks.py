"""Hooks hold a deployment in one of its stages: until somebody answers, a function has run, or time is over."""

from typing import Any

from tests.sandbox.ecs.fake_aws import GREEN_GROUP, PRODUCTION_RULE, TARGET_GROUP
from tests.sandbox.ecs.stage import ROLE, Stage
from tests.sandbox.ecs.staged import BLUE_GREEN, by_image, deploy, record, running, until


def test_a_pause_hook_holds_the_deployment_until_somebody_continues(stage: Stage) -> None:
    hook = {"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]}
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN | {"lifecycleHooks": [hook]})
    until(stage, "POST_TEST_TRAFFIC_SHIFT")
    stage.step(1800)
    paused = record(stage)
    assert paused["lifecycleStage"] == "POST_TEST_TRAFFIC_SHIFT"
    (detail,) = paused["lifecycleHookDetails"]
    assert (detail["status"], detail["targetType"], detail["timeoutAction"]) == ("AWAITING_ACTION", "PAUSE", "ROLLBACK")
    place = {"serviceDeploymentArn": paused["serviceDeploymentArn"], "hookId": detail["hookId"]}
    stage.call("ContinueServiceDeployment", **place)
    until(stage, "BAKE_TIME")
    assert record(stage)["lifecycleHookDetails"][0]["status"] == "SUCCEEDED"
    assert "not waiting" in stage.refused("ContinueServiceDeployment", **place).message


def test_a_paused_deployment_can_be_sent_back(stage: Stage) -> None:
    hook = {"targetType": "PAUSE", "lifecycleStages": ["POST_PRODUCTION_TRAFFIC_SHIFT"]}
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN | {"lifecycleHooks": [hook]})
    paused = until(stage, "POST_PRODUCTION_TRAFFIC_SHIFT")
    assert stage.aws.weights[PRODUCTION_RULE][GREEN_GROUP] == 100
    hook_id = paused["lifecycleHookDetails"][0]["hookId"]
    arn = paused["serviceDeploymentArn"]
    stage.call("ContinueServiceDeployment", serviceDeploymentArn=arn, hookId=hook_id, action="ROLLBACK")
    assert stage.aws.weights[PRODUCTION_RULE] == {TARGET_GROUP: 100, GREEN_GROUP: 0}
    stage.step(60)
    assert record(stage)["status"] == "ROLLBACK_SUCCESSFUL"
    assert by_image(stage) == {"nginx:1.27": 2}


def test_a_hook_nobody_answers_rolls_back_or_continues_as_configured(stage: Stage) -> None:
    for action, status in (("CONTINUE", "SUCCESSFUL"), ("ROLLBACK", "ROLLBACK_SUCCESSFUL")):
        again = Stage()
        timeout = {"timeoutInMinutes": 10, "action": action}
        hook = {"targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP"], "timeoutConfiguration": timeout}
        running(again, BLUE_GREEN)
        deploy(again, BLUE_GREEN | {"lifecycleHooks": [hook]})
        again.step(590)
        assert record(again)["lifecycleStage"] == "PRE_SCALE_UP"
        again.step(500)
        assert record(again)["status"] == status
        assert record(again)["lifecycleHookDetails"][0]["status"] == "TIMED_OUT"


def test_a_first_deployment_whose_hook_nobody_answers_ends_where_it_is(stage: Stage) -> None:
    hook = {
        "targetType": "PAUSE",
        "lifecycleStages": ["PRE_SCALE_UP"],
        "timeoutConfiguration": {"timeoutInMinutes": 1, "action": "ROLLBACK"},
    }
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), deploymentConfiguration=BLUE_GREEN | {"lifecycleHooks": [hook]})
    stage.step(90)
    assert record(stage)["status"] == "STOPPED"
    assert stage.tasks() == []


FUNCTION = "arn:aws:lambda:eu-central-1:111111111111:function:check"


def by_function(function: str = FUNCTION) -> dict[str, Any]:
    hook = {"hookTargetArn": function, "roleArn": ROLE, "lifecycleStages": ["POST_SCALE_UP"]}
    return BLUE_GREEN | {"lifecycleHooks": [hook]}


def test_a_function_hook_is_done_after_a_moment(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    deploy(stage, by_function())
    until(stage, "BAKE_TIME")
    (detail,) = record(stage)["lifecycleHookDetails"]
    assert (detail["targetType"], detail["targetArn"], detail["status"]) == ("AWS_LAMBDA", FUNCTION, "SUCCEEDED")


def test_a_function_that_answers_in_progress_is_called_again(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    stage.plane.faults.switch_on("hook-waits", "function:check")
    deploy(stage, by_function())
    until(stage, "POST_SCALE_UP")
    stage.step(90)
    assert record(stage)["lifecycleStage"] == "POST_SCALE_UP"
    assert record(stage)["lifecycleHookDetails"][0]["status"] == "IN_PROGRESS"
    stage.plane.faults.switch_off("hook-waits")
    until(stage, "BAKE_TIME")


def test_a_function_that_fails_or_does_not_exist_rolls_the_deployment_back(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    deploy(stage, by_function(f"{FUNCTION}-missing"))
    stage.step(300)
    assert record(stage)["status"] == "ROLLBACK_SUCCESSFUL"
    stage.plane.faults.switch_on("hook-fails")
    deploy(stage, by_function())
    stage.step(300)
    assert record(stage)["status"] == "ROLLBACK_SUCCESSFUL"
    assert record(stage)["lifecycleHookDetails"][0]["status"] == "FAILED"


def test_an_unknown_deployment_and_one_that_is_over_cannot_be_continued(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    arn = record(stage)["serviceDeploymentArn"]
    assert stage.refused("ContinueServiceDeployment", serviceDeploymentArn=arn, hookId="x").code == "ClientException"
    unknown = arn[:-1] + "_"
    code = stage.refused("ContinueServiceDeployment", serviceDeploymentArn=unknown, hookId="x").code
    assert code == "ServiceDeploymentNotFoundException"
