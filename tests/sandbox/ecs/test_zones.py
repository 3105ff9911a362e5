"""Availability Zone rebalancing: tasks that crowd in a zone move to the others, one after the other."""

from typing import Any

from tests.sandbox.ecs.stage import Stage


def zones(stage: Stage) -> list[str]:
    return sorted(task["availabilityZone"][-1] for task in stage.tasks() if task["lastStatus"] == "RUNNING")


def crowded(stage: Stage, **params: Any) -> None:
    """A service of four tasks, all of them in zone b, after zone a was down."""
    stage.cluster()
    stage.plane.faults.switch_on("zone-down", "*1a")
    stage.fargate_service(stage.register_fargate(), count=4, **params)
    stage.step(60)
    assert zones(stage) == ["b"] * 4
    stage.plane.faults.switch_off("zone-down")


def test_tasks_move_back_into_a_zone_that_is_up_again(stage: Stage) -> None:
    crowded(stage)
    counts = []
    for _ in range(240):
        stage.step(1)
        counts.append(len(zones(stage)))
    assert zones(stage) == ["a", "a", "b", "b"]
    assert min(counts) == 4
    assert max(counts) == 5
    assert any("is not AZ balanced with 4 tasks in eu-central-1b" in event for event in stage.events())
    assert stage.events()[-1] == "has reached a steady state."


def test_nothing_moves_where_rebalancing_is_disabled(stage: Stage) -> None:
    crowded(stage, availabilityZoneRebalancing="DISABLED")
    stage.step(240)
    assert zones(stage) == ["b"] * 4


def test_nothing_moves_where_no_surplus_is_allowed(stage: Stage) -> None:
    crowded(stage, deploymentConfiguration={"maximumPercent": 100, "minimumHealthyPercent": 50})
    stage.step(240)
    assert zones(stage) == ["b"] * 4


def test_tasks_on_instances_move_when_an_instance_comes_in_another_zone(stage: Stage) -> None:
    stage.cluster()
    stage.instance(1, zone="a")
    definition = stage.register()
    stage.call("CreateService", cluster="shop", serviceName="web", taskDefinition=definition, desiredCount=4)
    stage.step(40)
    assert zones(stage) == ["a"] * 4
    stage.instance(2, zone="b")
    stage.step(240)
    assert zones(stage) == ["a", "a", "b", "b"]


def test_an_odd_task_is_no_reason_to_move(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate(), count=3)
    stage.step(120)
    assert not any("AZ balanced" in event for event in stage.events())
