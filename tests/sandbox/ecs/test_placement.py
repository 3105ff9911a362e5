from collections import Counter
from typing import Any

import pytest

from tests.sandbox.ecs.stage import Json, Stage


def run(stage: Stage, definition: str, count: int = 1, **params: Any) -> Json:
    answer: Json = stage.call("RunTask", cluster="shop", taskDefinition=definition, count=count, **params)
    return answer


def per_instance(stage: Stage) -> list[int]:
    return sorted(Counter(task["containerInstanceArn"] for task in stage.tasks()).values())


@pytest.mark.parametrize(
    ("container", "reason"),
    [
        ({"cpu": 4000}, "RESOURCE:CPU"),
        ({"memory": 9000}, "RESOURCE:MEMORY"),
        ({"logConfiguration": {"logDriver": "splunk"}}, "ATTRIBUTE"),
    ],
)
def test_a_task_that_fits_nowhere_fails_with_the_reason(stage: Stage, container: Json, reason: str) -> None:
    stage.cluster()
    instance = stage.instance()
    answer = run(stage, stage.register(container=container))
    assert answer["tasks"] == []
    assert answer["failures"] == [{"arn": instance, "reason": reason}]


def test_a_taken_host_port_is_a_reason(stage: Stage) -> None:
    stage.cluster()
    stage.instance()
    definition = stage.register(container={"portMappings": [{"containerPort": 80, "hostPort": 80}]})
    answer = run(stage, definition, count=2)
    assert len(answer["tasks"]) == 1
    assert [failure["reason"] for failure in answer["failures"]] == ["RESOURCE:PORTS"]


def test_interfaces_run_out(stage: Stage) -> None:
    stage.cluster()
    stage.instance(1, "m5.large")
    definition = stage.register_fargate(requiresCompatibilities=["EC2"])
    network = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    answer = run(stage, definition, count=3, launchType="EC2", networkConfiguration=network)
    assert len(answer["tasks"]) == 2
    assert answer["failures"][0]["reason"] == "RESOURCE:ENI"


def test_an_empty_cluster_has_no_place_for_instances_tasks(stage: Stage) -> None:
    stage.cluster()
    error = stage.refused("RunTask", cluster="shop", taskDefinition=stage.register())
    assert (error.code, error.message) == (
        "InvalidParameterException",
        "No Container Instances were found in your cluster.",
    )


def test_tasks_are_spread_over_zones_by_default(stage: Stage) -> None:
    stage.cluster()
    for number, zone in enumerate("aab"):
        stage.instance(number, zone=zone)
    run(stage, stage.register(), count=4)
    zones = Counter(task["availabilityZone"] for task in stage.tasks())
    assert zones == {"eu-central-1a": 2, "eu-central-1b": 2}


def test_binpack_fills_one_instance_before_the_next(stage: Stage) -> None:
    stage.cluster()
    stage.instance(1)
    stage.instance(2)
    run(stage, stage.register(), count=4, placementStrategy=[{"type": "binpack", "field": "memory"}])
    assert per_instance(stage) == [4]


def test_spread_over_instances_evens_out(stage: Stage) -> None:
    stage.cluster()
    for number in range(3):
        stage.instance(number)
    run(stage, stage.register(), count=6, placementStrategy=[{"type": "spread", "field": "instanceId"}])
    assert per_instance(stage) == [2, 2, 2]


def test_random_places_every_task_somewhere(stage: Stage) -> None:
    stage.cluster()
    for number in range(3):
        stage.instance(number)
    run(stage, stage.register(), count=9, placementStrategy=[{"type": "random"}])
    assert sum(per_instance(stage)) == 9


def test_distinct_instance_puts_no_two_together(stage: Stage) -> None:
    stage.cluster()
    stage.instance(1)
    stage.instance(2)
    answer = run(stage, stage.register(), count=3, placementConstraints=[{"type": "distinctInstance"}])
    assert per_instance(stage) == [1, 1]
    assert {f["reason"] for f in answer["failures"]} == {"DistinctInstance placement constraint unsatisfied."}


def test_member_of_admits_only_matching_instances(stage: Stage) -> None:
    stage.cluster()
    stage.instance(1, "t3.micro")
    large = stage.instance(2, "m5.large")
    constraint = [{"type": "memberOf", "expression": "attribute:ecs.instance-type == m5.large"}]
    run(stage, stage.register(), count=2, placementConstraints=constraint)
    assert {task["containerInstanceArn"] for task in stage.tasks()} == {large}


def test_start_task_goes_where_it_is_told(stage: Stage) -> None:
    stage.cluster()
    stage.instance(1)
    second = stage.instance(2)
    answer = stage.call("StartTask", cluster="shop", taskDefinition=stage.register(), containerInstances=[second])
    assert answer["tasks"][0]["containerInstanceArn"] == second


def test_a_service_without_room_says_which_instance_came_closest(stage: Stage) -> None:
    stage.cluster()
    instance = stage.instance(1, "t3.micro")
    definition = stage.register(container={"memory": 700})
    stage.call("CreateService", cluster="shop", serviceName="web", taskDefinition=definition, desiredCount=2)
    stage.step(30)
    assert stage.service()["runningCount"] == 1
    assert stage.events()[-1] == (
        "was unable to place a task because no container instance met all of its requirements. The closest matching "
        f"(container-instance {instance.rsplit('/', 1)[1]}) has insufficient memory available. For more information, "
        "see the Troubleshooting section of the Amazon ECS Developer Guide."
    )


def test_a_service_in_an_empty_cluster_says_that_there_are_no_instances(stage: Stage) -> None:
    stage.cluster()
    stage.call("CreateService", cluster="shop", serviceName="web", taskDefinition=stage.register(), desiredCount=1)
    stage.step(5)
    assert "Reason: No Container Instances were found in your cluster." in stage.events()[-1]
    stage.instance()
    stage.step(30)
    assert stage.service()["runningCount"] == 1
