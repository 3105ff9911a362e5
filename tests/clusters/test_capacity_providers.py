"""Capacity providers: created on existing clusters, edited, resized and deleted."""

from typing import Any

import pytest
from django.test import Client

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster
from ecsdash.access.models import User
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.plan import Level
from tests.clusters.world import Desk, World, calls

SETTINGS = {
    "managed_scaling": "on", "target_capacity": 80, "minimum_step": 1, "maximum_step": 5, "warmup": 60,
    "draining": "on",
}  # fmt: skip


def new_group(desk: Desk, name: str = "spot", **more: Any) -> dict[str, Any]:
    sizes = {"minimum": 0, "desired": 2, "maximum": 4, "base": 1, "percentage": 0, "more_types": ["t3.large"]}
    strategy = {"strategy": "only", "strategy_base": 0, "strategy_weight": 1}
    return {**SETTINGS, **desk.launch_data(), **sizes, **strategy, "name": name, "source": "new", **more}


def existing(name: str = "own", **more: Any) -> dict[str, Any]:
    strategy = {"strategy": "keep", "strategy_base": 0, "strategy_weight": 1}
    return {**SETTINGS, **strategy, "name": name, "source": "existing", "group": "nodes", **more}


@pytest.fixture
def group(desk: Desk) -> AutoScalingGroup:
    found: AutoScalingGroup = desk.row(
        AutoScalingGroup, "nodes", min_size=1, max_size=5, desired_capacity=3,
        description={"Instances": [{"InstanceId": f"i-{n}"} for n in range(3)]},
    )  # fmt: skip
    return found


def test_a_provider_with_a_new_group_of_spot_instances_lives_and_goes(
    world: World, operator: User, real_shop: Cluster, client: Client
) -> None:
    operation = world.run("create_capacity_provider", operator, new_group(world), cluster="shop")
    group = AutoScalingGroup.objects.get(name="spot")
    policy = group.description["MixedInstancesPolicy"]
    assert [each["InstanceType"] for each in policy["LaunchTemplate"]["Overrides"]] == ["t3.medium", "t3.large"]
    assert policy["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"] == 0
    real_shop.refresh_from_db()
    assert real_shop.capacity_providers == ["FARGATE", "FARGATE_SPOT", "spot"]
    assert [item["capacityProvider"] for item in real_shop.description["defaultCapacityProviderStrategy"]] == ["spot"]
    assert len(world.instances("shop")) == 2

    edited = {**SETTINGS, "target_capacity": 50}
    change = world.run("edit_capacity_provider", operator, edited, capacity_provider="spot")
    assert CapacityProvider.objects.get(name="spot").group_settings["managedScaling"]["targetCapacity"] == 50
    world.undo(change, operator)
    assert CapacityProvider.objects.get(name="spot").group_settings["managedScaling"]["targetCapacity"] == 80

    client.force_login(operator)
    page = client.get(CapacityProvider.objects.get(name="spot").get_absolute_url()).content.decode()
    assert "t3.medium" in page
    assert "Auto Scaling group" in page

    sizes = {"minimum": 1, "desired": 3, "maximum": 4}
    world.run("resize_auto_scaling_group", operator, sizes, group="spot")
    assert AutoScalingGroup.objects.get(name="spot").desired_capacity == 3

    assert group.launch_template["LaunchTemplateName"] == "spot"
    assert group.tags["ecsdash:cluster"] == "shop"
    world.undo(operation, operator)
    assert not CapacityProvider.objects.filter(name="spot", gone_at=None).exists()
    assert not AutoScalingGroup.objects.filter(name="spot", gone_at=None).exists()
    assert world.client("ec2").describe_launch_templates()["LaunchTemplates"] == []
    real_shop.refresh_from_db()
    assert real_shop.capacity_providers == ["FARGATE", "FARGATE_SPOT"]


def test_an_existing_group_gets_a_provider(desk: Desk, operator: User, shop: Cluster, group: AutoScalingGroup) -> None:
    plan = desk.review("create_capacity_provider", operator, existing(), cluster="shop")
    assert calls(plan) == ["ecs.create_capacity_provider", "ecs.put_cluster_capacity_providers"]
    assert plan.steps[0].params["autoScalingGroupProvider"] == {
        "autoScalingGroupArn": group.arn,
        "managedScaling": {
            "status": "ENABLED", "targetCapacity": 80, "minimumScalingStepSize": 1, "maximumScalingStepSize": 5,
            "instanceWarmupPeriod": 60,
        },
        "managedTerminationProtection": "DISABLED",
        "managedDraining": "ENABLED",
    }  # fmt: skip
    assert plan.steps[1].params["capacityProviders"] == ["FARGATE", "FARGATE_SPOT", "own"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "fargate-own"}, "name"),
        ({"group": ""}, "group"),
        ({"group": "unknown"}, "group"),
        ({"termination_protection": "on"}, "termination_protection"),
        ({"managed_scaling": "", "termination_protection": "on"}, "termination_protection"),
        ({"minimum_step": 9}, "maximum_step"),
        ({"target_capacity": 101}, "target_capacity"),
    ],
)
def test_what_ecs_would_refuse_is_refused_at_its_field(
    desk: Desk, operator: User, shop: Cluster, group: AutoScalingGroup, change: dict[str, Any], field: str
) -> None:
    assert field in desk.errors("create_capacity_provider", operator, existing(**change), cluster="shop")


def test_a_group_with_a_provider_and_a_mixed_strategy_are_refused(
    desk: Desk, operator: User, shop: Cluster, group: AutoScalingGroup
) -> None:
    desk.row(CapacityProvider, "first", status="ACTIVE", auto_scaling_group_arn=group.arn)
    shop.description = {"defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}
    shop.save()
    errors = desk.errors("create_capacity_provider", operator, existing(strategy="add"), cluster="shop")
    assert errors["group"] == ["The capacity provider first uses this group. Choose another."]
    assert "cannot be mixed" in errors["strategy"][0]


@pytest.mark.parametrize(
    ("desired", "level"), [(4, Level.OK), (2, Level.WARN), (1, Level.BLOCK)], ids=["more", "as many", "fewer"]
)
def test_a_group_is_not_resized_below_what_runs(
    desk: Desk, operator: User, shop: Cluster, group: AutoScalingGroup, desired: int, level: Level
) -> None:
    for number in range(3):
        desk.instance(f"i-{number}", running_tasks_count=int(number < 2))
    sizes = {"minimum": 0, "desired": desired, "maximum": 5}
    plan = desk.review("resize_auto_scaling_group", operator, sizes, group="nodes")
    assert plan.checks[0].level is level
    assert plan.cost is not None
    assert plan.cost.amount is not None
    assert (plan.cost.amount > 0) is (desired > 3)


def test_managed_scaling_may_change_the_size_again(desk: Desk, operator: User, group: AutoScalingGroup) -> None:
    desk.row(CapacityProvider, "cp", status="ACTIVE", auto_scaling_group_arn=group.arn, managed_scaling=True)
    sizes = {"minimum": 1, "desired": 4, "maximum": 5}
    plan = desk.review("resize_auto_scaling_group", operator, sizes, group="nodes")
    assert plan.checks[1].title == "The capacity provider cp scales this group"


def test_a_provider_of_aws_can_be_neither_edited_nor_deleted(desk: Desk) -> None:
    fargate = CapacityProvider.objects.get(name="FARGATE")
    for name in ("edit_capacity_provider", "delete_capacity_provider", "edit_capacity_provider_tags"):
        assert ACTIONS[name].unavailable(fargate) == "AWS manages this capacity provider."
