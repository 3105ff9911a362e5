from typing import Any

from clusters.models import Cluster, ContainerInstance
from ecsdash.access.models import User
from ecsdash.operations.plan import Plan, Repeat
from tests.clusters.world import World


def calls(plan: Plan) -> list[str]:
    return [step.call for step in plan.steps if step.call]


def test_a_fargate_cluster_takes_one_call(world: World, operator: User) -> None:
    plan = world.review("create_cluster", operator, world.cluster_data())

    assert calls(plan) == ["ecs.create_cluster"]
    params = plan.steps[0].params
    assert params["clusterName"] == "shop"
    assert params["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert params["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    assert plan.cost is None


def test_an_ec2_cluster_makes_role_template_group_and_provider_in_order(world: World, operator: User) -> None:
    plan = world.review("create_cluster", operator, world.cluster_data("ec2"))

    assert calls(plan) == [
        "ecs.create_cluster",
        "iam.create_role",
        "iam.attach_role_policy",
        "iam.create_instance_profile",
        "iam.add_role_to_instance_profile",
        "ec2.create_launch_template",
        "autoscaling.create_auto_scaling_group",
        "autoscaling.describe_auto_scaling_groups",
        "ecs.create_capacity_provider",
        "ecs.put_cluster_capacity_providers",
    ]
    assert plan.steps[-1].until == "group_registered"
    assert plan.cost is not None
    assert plan.cost > 60


def test_what_has_no_token_is_looked_up_before_it_is_repeated(world: World, operator: User) -> None:
    plan = world.review("create_cluster", operator, world.cluster_data("ec2"))

    repeats = {step.call: step.repeat for step in plan.steps}
    assert repeats["ec2.create_launch_template"] is Repeat.TOKEN
    assert repeats["autoscaling.create_auto_scaling_group"] is Repeat.LOOKUP
    assert repeats["ecs.create_capacity_provider"] is Repeat.LOOKUP


def test_a_fargate_cluster_comes_into_being(world: World, operator: User) -> None:
    tags: dict[str, Any] = {"tags-TOTAL_FORMS": 1, "tags-0-key": "team", "tags-0-value": "web"}
    world.run("create_cluster", operator, world.cluster_data(**tags))

    found = Cluster.objects.get(name="shop")
    assert found.status == "ACTIVE"
    assert found.tags == {"team": "web"}
    assert found.container_insights == "enabled"


def test_an_ec2_cluster_ends_with_its_instances_registered(world: World, operator: User) -> None:
    operation = world.run("create_cluster", operator, world.cluster_data("both"))

    found = Cluster.objects.get(name="shop")
    assert found.capacity_providers[:2] == ["FARGATE", "FARGATE_SPOT"]
    assert found.capacity_providers[2].startswith("cp-shop-")
    assert ContainerInstance.objects.filter(cluster_name="shop", status="ACTIVE").count() == 2
    waited = operation.steps.get(key="register")
    assert (waited.progress_done, waited.progress_total) == (2, 2)


def test_undo_takes_everything_down_again(world: World, operator: User) -> None:
    operation = world.run("create_cluster", operator, world.cluster_data("ec2"))
    undo = operation.plan.undo
    assert undo is not None

    world.run(undo.action, operator, undo.data, cluster="shop")

    assert not Cluster.objects.filter(gone_at=None).exists()
    assert not world.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert not world.client("ec2").describe_launch_templates()["LaunchTemplates"]
    states = world.client("ec2").describe_instances()["Reservations"]
    assert {each["Instances"][0]["State"]["Name"] for each in states} == {"terminated"}


def test_a_name_that_is_taken_is_refused_by_its_field(world: World, operator: User, shop: Cluster) -> None:
    assert world.errors("create_cluster", operator, world.cluster_data()) == {
        "name": ["There is a cluster called shop already. Choose another name."]
    }
