"""Deployments in stages: BLUE_GREEN, LINEAR and CANARY, their traffic, their hooks and the way back."""

from itertools import pairwise
from typing import Any

import pytest

from .fake_links import GREEN_GROUP, OTHER_RULE, PRODUCTION_RULE, TARGET_GROUP, TEST_RULE
from .stage import ROLE, Json, Stage

ADVANCED = {
    "alternateTargetGroupArn": GREEN_GROUP,
    "productionListenerRule": PRODUCTION_RULE,
    "testListenerRule": TEST_RULE,
    "roleArn": ROLE,
}
BALANCER = {
    "targetGroupArn": TARGET_GROUP,
    "containerName": "web",
    "containerPort": 80,
    "advancedConfiguration": ADVANCED,
}
BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}
LINEAR = {
    "strategy": "LINEAR",
    "bakeTimeInMinutes": 1,
    "linearConfiguration": {"stepPercent": 25, "stepBakeTimeInMinutes": 2},
}
CANARY = {
    "strategy": "CANARY",
    "bakeTimeInMinutes": 1,
    "canaryConfiguration": {"canaryPercent": 10, "canaryBakeTimeInMinutes": 3},
}


def running(stage: Stage, configuration: Json) -> None:
    """A service whose first deployment has completed."""
    stage.cluster()
    stage.fargate_service(
        stage.register_fargate(),
        loadBalancers=[BALANCER],
        deploymentConfiguration=configuration | {"bakeTimeInMinutes": 0},
    )
    stage.step(90)
    assert record(stage)["status"] == "SUCCESSFUL"
    stage.links.shifts.clear()


def deploy(stage: Stage, configuration: Json, image: str = "nginx:1.28", **params: Any) -> None:
    definition = stage.register_fargate(image)
    stage.call(
        "UpdateService",
        cluster="shop",
        service="web",
        taskDefinition=definition,
        deploymentConfiguration=configuration,
        **params,
    )


def record(stage: Stage) -> Json:
    newest = stage.call("ListServiceDeployments", cluster="shop", service="web")["serviceDeployments"][0]
    arns = [newest["serviceDeploymentArn"]]
    found: Json = stage.call("DescribeServiceDeployments", serviceDeploymentArns=arns)["serviceDeployments"][0]
    return found


def until(stage: Stage, lifecycle_stage: str) -> Json:
    for _ in range(200):
        if record(stage).get("lifecycleStage") == lifecycle_stage:
            return record(stage)
        stage.step(1)
    raise AssertionError(f"the deployment never reached {lifecycle_stage}")


def by_image(stage: Stage) -> dict[str, int]:
    counts: dict[str, int] = {}
    for task in stage.tasks():
        image = task["containers"][0]["image"]
        counts[image] = counts.get(image, 0) + 1
    return counts


def production(stage: Stage) -> list[tuple[float, int]]:
    """(seconds since the first shift, percent to green) of each shift of the production traffic that changed it."""
    shifts = [(at, weights[GREEN_GROUP]) for at, rule, weights in stage.links.shifts if rule == PRODUCTION_RULE]
    first = next(at for at, percent in shifts if percent)
    return [(at - first, percent) for at, percent in shifts if percent]


def test_a_blue_green_deployment_goes_through_its_stages_in_their_order(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN)
    seen = []
    for _ in range(420):
        stage.step(1)
        seen.append(record(stage).get("lifecycleStage", ""))
    assert [one for one, following in pairwise([*seen, "end"]) if one and one != following] == [
        "RECONCILE_SERVICE",
        "PRE_SCALE_UP",
        "SCALE_UP",
        "POST_SCALE_UP",
        "TEST_TRAFFIC_SHIFT",
        "POST_TEST_TRAFFIC_SHIFT",
        "PRODUCTION_TRAFFIC_SHIFT",
        "POST_PRODUCTION_TRAFFIC_SHIFT",
        "BAKE_TIME",
        "CLEAN_UP",
    ]
    assert record(stage)["status"] == "SUCCESSFUL"
    assert by_image(stage) == {"nginx:1.28": 2}


def test_both_revisions_stand_side_by_side_while_the_new_one_bakes(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN)
    until(stage, "BAKE_TIME")
    stage.step(200)
    assert by_image(stage) == {"nginx:1.27": 2, "nginx:1.28": 2}
    assert stage.links.weights[PRODUCTION_RULE] == {TARGET_GROUP: 0, GREEN_GROUP: 100}
    shown = record(stage)
    assert shown["targetServiceRevision"]["requestedProductionTrafficWeight"] == 100.0
    assert shown["sourceServiceRevisions"][0]["requestedProductionTrafficWeight"] == 0.0


def test_test_traffic_moves_before_production_traffic(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN)
    until(stage, "POST_TEST_TRAFFIC_SHIFT")
    assert stage.links.weights[TEST_RULE] == {TARGET_GROUP: 0, GREEN_GROUP: 100}
    assert stage.links.weights[PRODUCTION_RULE] == {TARGET_GROUP: 100, GREEN_GROUP: 0}


def test_the_target_groups_take_turns(stage: Stage) -> None:
    configuration = BLUE_GREEN | {"bakeTimeInMinutes": 0}
    running(stage, configuration)
    for image, group in (("nginx:1.28", GREEN_GROUP), ("nginx:1.29", TARGET_GROUP)):
        deploy(stage, configuration, image)
        stage.step(120)
        arn = stage.service()["currentServiceRevisions"][0]["arn"]
        revision = stage.call("DescribeServiceRevisions", serviceRevisionArns=[arn])["serviceRevisions"][0]
        assert [item["targetGroupArn"] for item in revision["resolvedConfiguration"]["loadBalancers"]] == [group]
        serving = {key[0] for key, target in stage.links.targets.items() if not target.draining}
        assert serving == {group}
        assert stage.links.weights[PRODUCTION_RULE][group] == 100


def test_a_linear_deployment_shifts_in_equal_steps_and_waits_between_them(stage: Stage) -> None:
    running(stage, LINEAR)
    deploy(stage, LINEAR)
    stage.step(600)
    steps = production(stage)
    assert [percent for _, percent in steps] == [25, 50, 75, 100]
    assert [at for at, _ in steps] == pytest.approx([0, 120, 240, 360], abs=8)
    assert record(stage)["status"] == "SUCCESSFUL"


def test_a_canary_deployment_shifts_a_little_waits_and_shifts_the_rest(stage: Stage) -> None:
    running(stage, CANARY)
    deploy(stage, CANARY)
    stage.step(400)
    steps = production(stage)
    assert [percent for _, percent in steps] == [10, 100]
    assert steps[1][0] == pytest.approx(180, abs=4)
    assert record(stage)["status"] == "SUCCESSFUL"


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
    assert stage.links.weights[PRODUCTION_RULE][GREEN_GROUP] == 100
    hook_id = paused["lifecycleHookDetails"][0]["hookId"]
    arn = paused["serviceDeploymentArn"]
    stage.call("ContinueServiceDeployment", serviceDeploymentArn=arn, hookId=hook_id, action="ROLLBACK")
    assert stage.links.weights[PRODUCTION_RULE] == {TARGET_GROUP: 100, GREEN_GROUP: 0}
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


def test_a_function_hook_is_done_after_a_moment(stage: Stage) -> None:
    function = "arn:aws:lambda:eu-central-1:111111111111:function:check"
    hook = {"hookTargetArn": function, "roleArn": ROLE, "lifecycleStages": ["POST_SCALE_UP"]}
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN | {"lifecycleHooks": [hook]})
    until(stage, "BAKE_TIME")
    (detail,) = record(stage)["lifecycleHookDetails"]
    assert (detail["targetType"], detail["targetArn"], detail["status"]) == ("AWS_LAMBDA", function, "SUCCEEDED")


def test_green_tasks_that_crash_trip_the_breaker_and_never_see_traffic(stage: Stage) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN | breaker, "nginx:crash")
    stage.step(240)
    assert record(stage)["status"] == "ROLLBACK_SUCCESSFUL"
    assert by_image(stage) == {"nginx:1.27": 2}
    assert all(weights[GREEN_GROUP] == 0 for _, rule, weights in stage.links.shifts if rule == PRODUCTION_RULE)


def test_stopping_a_deployment_while_it_bakes_brings_the_traffic_back(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN)
    baking = until(stage, "BAKE_TIME")
    stage.call("StopServiceDeployment", serviceDeploymentArn=baking["serviceDeploymentArn"], stopType="ROLLBACK")
    stage.step(60)
    assert stage.links.weights[PRODUCTION_RULE] == {TARGET_GROUP: 100, GREEN_GROUP: 0}
    assert record(stage)["status"] == "ROLLBACK_SUCCESSFUL"
    assert by_image(stage) == {"nginx:1.27": 2}


def test_a_blue_task_that_dies_meanwhile_is_replaced_by_a_blue_one(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN)
    until(stage, "BAKE_TIME")
    blue = next(task for task in stage.tasks() if task["containers"][0]["image"] == "nginx:1.27")
    stage.call("StopTask", cluster="shop", task=blue["taskArn"])
    stage.step(60)
    assert by_image(stage) == {"nginx:1.27": 2, "nginx:1.28": 2}


def test_a_deployment_that_replaces_one_on_its_way_starts_from_the_last_good_revision(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN)
    until(stage, "BAKE_TIME")
    deploy(stage, BLUE_GREEN | {"bakeTimeInMinutes": 0}, "nginx:1.29")
    stage.step(150)
    assert record(stage)["status"] == "SUCCESSFUL"
    assert by_image(stage) == {"nginx:1.29": 2}
    assert stage.links.weights[PRODUCTION_RULE] == {TARGET_GROUP: 0, GREEN_GROUP: 100}


@pytest.mark.parametrize(
    ("configuration", "balancer", "words"),
    [
        (BLUE_GREEN, {"advancedConfiguration": {}}, "alternateTargetGroupArn in advancedConfiguration is required"),
        (BLUE_GREEN, {"advancedConfiguration": ADVANCED | {"testListenerRule": "arn:x"}}, "does not exist"),
        (
            BLUE_GREEN,
            {"advancedConfiguration": ADVANCED | {"productionListenerRule": OTHER_RULE}},
            "forwards to neither",
        ),
        (BLUE_GREEN | {"canaryConfiguration": {}}, {}, "only valid when the deployment strategy is CANARY"),
        (LINEAR | {"linearConfiguration": {"stepPercent": 2}}, {}, "stepPercent must be between"),
        (CANARY | {"bakeTimeInMinutes": 1441}, {}, "bakeTimeInMinutes must be between 0 and 1440"),
        (BLUE_GREEN | {"lifecycleHooks": [{"lifecycleStages": ["PRE_SCALE_UP"]}]}, {}, "hookTargetArn and roleArn"),
        (
            {"lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP"]}]},
            {},
            "not supported for the deployment strategy ROLLING",
        ),
    ],
)
def test_a_strategy_that_lacks_something_is_refused(
    stage: Stage, configuration: Json, balancer: Json, words: str
) -> None:
    running(stage, {"strategy": "ROLLING"})
    change = {"cluster": "shop", "service": "web", "loadBalancers": [BALANCER | balancer]}
    error = stage.refused("UpdateService", deploymentConfiguration=configuration, **change)
    assert (error.code, words in error.message) == ("InvalidParameterException", True), error.message


def test_an_unknown_deployment_and_one_that_is_over_cannot_be_continued(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    arn = record(stage)["serviceDeploymentArn"]
    assert stage.refused("ContinueServiceDeployment", serviceDeploymentArn=arn, hookId="x").code == "ClientException"
    unknown = arn[:-1] + "_"
    code = stage.refused("ContinueServiceDeployment", serviceDeploymentArn=unknown, hookId="x").code
    assert code == "ServiceDeploymentNotFoundException"
