"""Drain, activate and terminate container instances, one and several."""

import pytest

from clusters.models import AutoScalingGroup, Cluster, ContainerInstance
from ecsdash.access.models import User
from ecsdash.operations.plan import Level
from tests.clusters.world import Desk, World, calls


@pytest.fixture
def farm(world: World, operator: User) -> Cluster:
    """Two instances in the simulated AWS, without an Auto Scaling group."""
    return world.cluster_with_instances(operator)


def where(instance: ContainerInstance) -> dict[str, str]:
    return {"cluster": instance.cluster_name, "instance": instance.name}


def statuses(world: World) -> list[str]:
    return [row.status for row in world.instances("farm")]


def test_a_drained_instance_has_no_tasks_and_undo_activates_it(world: World, operator: User, farm: Cluster) -> None:
    world.run_service("farm", count=2)
    first = world.instances("farm")[0]

    operation = world.run("drain_container_instance", operator, {}, **where(first))

    first.refresh_from_db()
    assert (first.status, first.running_tasks_count) == ("DRAINING", 0)
    world.undo(operation, operator)
    assert statuses(world) == ["ACTIVE", "ACTIVE"]


def test_several_are_drained_and_activated_at_once(world: World, operator: User, farm: Cluster) -> None:
    selected = {"row": [row.pk for row in world.instances("farm")]}

    operation = world.run("drain_container_instances", operator, selected, cluster="farm")
    assert statuses(world) == ["DRAINING", "DRAINING"]
    errors = world.errors("drain_container_instances", operator, selected, cluster="farm")
    assert errors == {"row": ["Only active instances can be drained. Select at least one active instance."]}

    world.undo(operation, operator)
    assert statuses(world) == ["ACTIVE", "ACTIVE"]


def test_terminate_drains_terminates_and_deregisters_the_instance(world: World, operator: User, farm: Cluster) -> None:
    world.run_service("farm", count=2)
    first, second = world.instances("farm")

    operation = world.run("terminate_container_instance", operator, {}, **where(first))

    assert calls(operation.plan) == [
        "ecs.update_container_instances_state",
        "ec2.terminate_instances",
        "ecs.deregister_container_instance",
    ]
    assert operation.plan.cost is not None
    assert (operation.plan.cost.amount or 0) < 0
    assert world.instances("farm") == [second]
    second.refresh_from_db()
    assert second.running_tasks_count == 2


def test_an_instance_of_a_group_is_terminated_through_the_group(world: World, operator: User) -> None:
    world.run("create_cluster", operator, world.cluster_data("ec2"))
    first = world.instances("shop")[0]

    operation = world.run("terminate_container_instance", operator, {}, **where(first))

    assert "autoscaling.terminate_instance_in_auto_scaling_group" in calls(operation.plan)
    assert first not in world.instances("shop")
    assert AutoScalingGroup.objects.get().desired_capacity == 1


def test_many_are_drained_ten_at_a_time(desk: Desk, operator: User, shop: Cluster) -> None:
    rows = [desk.instance(f"i-{number}") for number in range(12)]

    plan = desk.review("drain_container_instances", operator, {"row": [row.pk for row in rows]}, cluster="shop")

    assert [len(step.params["containerInstances"]) for step in plan.steps if step.call] == [10, 2]


def test_an_instance_of_another_cluster_cannot_be_chosen(desk: Desk, operator: User, shop: Cluster) -> None:
    foreign = desk.instance("i-1", cluster_name="bank")

    errors = desk.errors("terminate_container_instances", operator, {"row": [foreign.pk]}, cluster="shop")

    assert list(errors) == ["row"]


@pytest.mark.parametrize(
    ("free_cpu", "level", "title"),
    [
        (1024, Level.OK, "2 tasks fit on 1 other active instance"),
        (1023, Level.WARN, "No room for 1 of 2 tasks on 1 other active instance"),
    ],
)
def test_the_review_checks_whether_the_tasks_fit_on_other_instances(
    desk: Desk, operator: User, shop: Cluster, free_cpu: int, level: Level, title: str
) -> None:
    first = desk.instance("i-1", cpu=1024)
    desk.instance("i-2", cpu=free_cpu)
    desk.instance("i-3", status="DRAINING")
    desk.task("t1", first)
    desk.task("t2", first)

    check = desk.review("drain_container_instance", operator, {}, **where(first)).checks[0]

    assert (check.level, check.title) == (level, title)


def test_the_review_warns_of_standalone_tasks(desk: Desk, operator: User, shop: Cluster) -> None:
    first = desk.instance("i-1")
    desk.task("t1", first, service="")

    drained = desk.review("drain_container_instance", operator, {}, **where(first))
    ended = desk.review("terminate_container_instance", operator, {}, **where(first))

    assert drained.checks[1].detail == "Draining does not stop standalone tasks."
    assert ended.checks[1].detail == "They stop when the instance is terminated, and ECS does not replace them."


def test_a_group_does_not_shrink_below_its_minimum(desk: Desk, operator: User, shop: Cluster) -> None:
    first = desk.instance("i-1")
    members = {"Instances": [{"InstanceId": "i-1"}]}
    desk.row(AutoScalingGroup, "asg", min_size=1, max_size=2, desired_capacity=1, description=members)

    assert desk.review("terminate_container_instance", operator, {}, **where(first)).blocked
    replaced = desk.review("terminate_container_instance", operator, {"replace": "on"}, **where(first))
    assert not replaced.blocked
    ended = next(step for step in replaced.steps if step.call.startswith("autoscaling."))
    assert ended.params["ShouldDecrementDesiredCapacity"] is False


def test_an_external_instance_is_not_terminated(desk: Desk, operator: User, shop: Cluster) -> None:
    external = desk.instance("mi-1")

    errors = desk.errors("terminate_container_instance", operator, {}, **where(external))

    assert errors == {"__all__": ["mi-1 is not an EC2 instance. Stop it on the machine where it runs."]}
