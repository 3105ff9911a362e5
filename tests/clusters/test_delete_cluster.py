from clusters.models import AutoScalingGroup, CapacityProvider, Cluster
from ecsdash.access.models import User
from tests.clusters.world import Desk, World, calls
from tests.operations import drive


def test_an_empty_cluster_takes_one_call(desk: Desk, operator: User, shop: Cluster) -> None:
    plan = desk.review("delete_cluster", operator, {"capacity": "on"}, cluster="shop")

    assert calls(plan) == ["ecs.delete_cluster"]
    assert plan.undo is None


def test_what_is_in_the_way_is_listed_and_taken_down_in_order(world: World, operator: User) -> None:
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
    assert plan.checks[0].title == "1 services and 3 tasks are in the way: they are taken down first"
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


def test_instances_may_stay(desk: Desk, operator: User, shop: Cluster) -> None:
    desk.instance("i-1")

    plan = desk.review("delete_cluster", operator, {}, cluster="shop")

    assert "ec2.terminate_instances" not in calls(plan)
    assert plan.checks[1].title == "1 EC2 instances go on running and cost money"


def test_a_group_that_will_replace_its_instances_is_told(desk: Desk, operator: User, shop: Cluster) -> None:
    desk.instance("i-1")
    desk.row(AutoScalingGroup, "asg", description={"Instances": [{"InstanceId": "i-1"}]})

    plan = desk.review("delete_cluster", operator, {"capacity": "on"}, cluster="shop")

    assert "asg will launch new instances in place of those that are ended" in [check.title for check in plan.checks]


def test_a_capacity_provider_that_another_cluster_uses_is_only_detached(desk: Desk, operator: User) -> None:
    group = desk.row(AutoScalingGroup, "asg")
    desk.row(CapacityProvider, "cp", status="ACTIVE", auto_scaling_group_arn=group.arn)
    for name in ("shop", "other"):
        desk.row(Cluster, name, status="ACTIVE", capacity_providers=["cp"])

    plan = desk.review("delete_cluster", operator, {"capacity": "on"}, cluster="shop")

    assert calls(plan) == ["ecs.put_cluster_capacity_providers", "ecs.delete_cluster"]
    assert "cp: used by other clusters too, so only detached" in [check.title for check in plan.checks]


def test_a_teardown_goes_on_over_what_is_gone_already(world: World, operator: User) -> None:
    world.run("create_cluster", operator, world.cluster_data("ec2", desired=1))
    operation = drive.start("delete_cluster", operator, world.scope, world.place(cluster="shop"), {"capacity": "on"})
    group = world.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]
    world.client("autoscaling").delete_auto_scaling_group(
        AutoScalingGroupName=group["AutoScalingGroupName"], ForceDelete=True
    )

    drive.succeed(operation, world.sandbox)

    assert not world.client("ec2").describe_launch_templates()["LaunchTemplates"]
