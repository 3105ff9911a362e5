from clusters.models import AutoScalingGroup, CapacityProvider, Cluster
from ecsdash.access.models import User
from tests.clusters.world import Desk, World, calls
from tests.operations import drive


def test_an_empty_cluster_takes_one_call(desk: Desk, operator: User, shop: Cluster) -> None:
    plan = desk.review("delete_cluster", operator, {"capacity": "on"}, cluster="shop")

    assert calls(plan) == ["ecs.delete_cluster"]
    assert plan.undo is None


def test_the_contents_of_the_cluster_are_listed_and_deleted_in_order(world: World, operator: User) -> None:
    world.cluster_with_instances(operator, number=1)
    world.run_service("farm", count=2)
    world.client("ecs").run_task(cluster="farm", taskDefinition="web", launchType="EC2")
    world.sandbox.step(30)
    world.sweep("tasks", "container_instances")

    plan = world.review("delete_cluster", operator, {"capacity": "on"}, cluster="farm")

    assert calls(plan) == [
        "ecs.delete_service",
        "ecs.stop_task",
        "ec2.terminate_instances",
        "ecs.deregister_container_instance",
        "ecs.delete_cluster",
    ]
    assert plan.checks[0].title == "1 service and 3 tasks are stopped and deleted first"
    paths = [change.path for change in plan.changes]
    assert paths[0] == "service web"
    assert paths[-1] == "cluster farm"

    world.run("delete_cluster", operator, {"capacity": "on"}, cluster="farm")

    farm = Cluster.objects.get(name="farm")
    assert farm.gone_at is not None
    states = [
        each["State"]["Name"]
        for reservation in world.client("ec2").describe_instances()["Reservations"]
        for each in reservation["Instances"]
    ]
    assert states == ["terminated"]


def test_instances_can_be_kept(desk: Desk, operator: User, shop: Cluster) -> None:
    desk.instance("i-1")

    plan = desk.review("delete_cluster", operator, {}, cluster="shop")

    assert "ec2.terminate_instances" not in calls(plan)
    assert plan.checks[1].title == "1 EC2 instance will keep running and incur costs"


def test_the_review_warns_of_a_group_that_replaces_its_instances(desk: Desk, operator: User, shop: Cluster) -> None:
    desk.instance("i-1")
    desk.row(AutoScalingGroup, "asg", description={"Instances": [{"InstanceId": "i-1"}]})

    plan = desk.review("delete_cluster", operator, {"capacity": "on"}, cluster="shop")

    assert "asg launches replacements for the terminated instances" in [check.title for check in plan.checks]


def test_a_capacity_provider_that_another_cluster_uses_is_only_detached(desk: Desk, operator: User) -> None:
    group = desk.row(AutoScalingGroup, "asg")
    desk.row(CapacityProvider, "cp", status="ACTIVE", auto_scaling_group_arn=group.arn)
    for name in ("shop", "other"):
        desk.row(Cluster, name, status="ACTIVE", capacity_providers=["cp"])

    plan = desk.review("delete_cluster", operator, {"capacity": "on"}, cluster="shop")

    assert calls(plan) == ["ecs.put_cluster_capacity_providers", "ecs.delete_cluster"]
    assert "cp: used by other clusters too, so it is only detached" in [check.title for check in plan.checks]


def test_a_teardown_continues_when_a_resource_is_already_deleted(world: World, operator: User) -> None:
    world.run("create_cluster", operator, world.cluster_data("ec2", desired=1))
    operation = drive.start("delete_cluster", operator, world.scope, world.place(cluster="shop"), {"capacity": "on"})
    group = world.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]
    world.client("autoscaling").delete_auto_scaling_group(
        AutoScalingGroupName=group["AutoScalingGroupName"], ForceDelete=True
    )

    drive.succeed(operation, world.sandbox)

    assert not world.client("ec2").describe_launch_templates()["LaunchTemplates"]
