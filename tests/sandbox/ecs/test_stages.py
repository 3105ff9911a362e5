"""Deployments in stages: BLUE_GREEN, LINEAR and CANARY, their traffic and the way back."""

from itertools import pairwise

import pytest

from tests.sandbox.ecs.fake_aws import GREEN_GROUP, OTHER_RULE, PRODUCTION_RULE, TARGET_GROUP, TEST_RULE
from tests.sandbox.ecs.stage import Json, Stage
from tests.sandbox.ecs.staged import ADVANCED, BALANCER, BLUE_GREEN, by_image, deploy, record, running, until

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


def production(stage: Stage) -> list[tuple[float, int]]:
    """(seconds since the first shift, percent to green) of each shift of the production traffic that changed it."""
    shifts = [(at, weights[GREEN_GROUP]) for at, rule, weights in stage.aws.shifts if rule == PRODUCTION_RULE]
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
    assert stage.aws.weights[PRODUCTION_RULE] == {TARGET_GROUP: 0, GREEN_GROUP: 100}
    shown = record(stage)
    assert shown["targetServiceRevision"]["requestedProductionTrafficWeight"] == 100.0
    assert shown["sourceServiceRevisions"][0]["requestedProductionTrafficWeight"] == 0.0


def test_test_traffic_moves_before_production_traffic(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN)
    until(stage, "POST_TEST_TRAFFIC_SHIFT")
    assert stage.aws.weights[TEST_RULE] == {TARGET_GROUP: 0, GREEN_GROUP: 100}
    assert stage.aws.weights[PRODUCTION_RULE] == {TARGET_GROUP: 100, GREEN_GROUP: 0}


def test_the_target_groups_take_turns(stage: Stage) -> None:
    configuration = BLUE_GREEN | {"bakeTimeInMinutes": 0}
    running(stage, configuration)
    for image, group in (("nginx:1.28", GREEN_GROUP), ("nginx:1.29", TARGET_GROUP)):
        deploy(stage, configuration, image)
        stage.step(120)
        arn = stage.service()["currentServiceRevisions"][0]["arn"]
        revision = stage.call("DescribeServiceRevisions", serviceRevisionArns=[arn])["serviceRevisions"][0]
        assert [item["targetGroupArn"] for item in revision["resolvedConfiguration"]["loadBalancers"]] == [group]
        serving = {key[0] for key, target in stage.aws.targets.items() if not target.draining}
        assert serving == {group}
        assert stage.aws.weights[PRODUCTION_RULE][group] == 100


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


def test_green_tasks_that_do_not_start_trip_the_breaker_and_never_see_traffic(stage: Stage) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN | breaker, "nginx:missing")
    stage.step(240)
    assert record(stage)["status"] == "ROLLBACK_SUCCESSFUL"
    assert by_image(stage) == {"nginx:1.27": 2}
    assert all(weights[GREEN_GROUP] == 0 for _, rule, weights in stage.aws.shifts if rule == PRODUCTION_RULE)


def test_stopping_a_deployment_while_it_bakes_brings_the_traffic_back(stage: Stage) -> None:
    running(stage, BLUE_GREEN)
    deploy(stage, BLUE_GREEN)
    baking = until(stage, "BAKE_TIME")
    stage.call("StopServiceDeployment", serviceDeploymentArn=baking["serviceDeploymentArn"], stopType="ROLLBACK")
    stage.step(60)
    assert stage.aws.weights[PRODUCTION_RULE] == {TARGET_GROUP: 100, GREEN_GROUP: 0}
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
    assert stage.aws.weights[PRODUCTION_RULE] == {TARGET_GROUP: 0, GREEN_GROUP: 100}


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
