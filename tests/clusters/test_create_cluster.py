from typing import Any

import pytest

from clusters.forms.tags import group_data
from clusters.models import Cluster, ContainerInstance
from ecsdash.access.models import User
from ecsdash.access.permissions import Role
from ecsdash.operations.drafts import NotAllowed
from ecsdash.operations.plan import Repeat
from tests.clusters.world import Desk, World, calls
from tests.operations import drive
from tests.users import person

BAD_NAME = "Use up to 255 letters, digits, hyphens and underscores. The first must be a letter or a digit."
LOADING = "the subnets of demo / eu-central-1 are still loading. Refresh in a moment."


def test_a_fargate_cluster_takes_one_call(desk: Desk, operator: User) -> None:
    plan = desk.review("create_cluster", operator, desk.cluster_data())

    assert calls(plan) == ["ecs.create_cluster"]
    params = plan.steps[0].params
    assert params["clusterName"] == "shop"
    assert params["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert params["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    assert plan.cost is None


def test_an_ec2_cluster_creates_role_template_group_and_provider_in_order(desk: Desk, operator: User) -> None:
    plan = desk.review("create_cluster", operator, desk.cluster_data("ec2"))

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
    assert (plan.cost.amount or 0) > 60


def test_calls_without_a_client_token_look_their_resource_up_before_a_repeat(desk: Desk, operator: User) -> None:
    plan = desk.review("create_cluster", operator, desk.cluster_data("ec2"))

    repeats = {step.call: step.repeat for step in plan.steps}
    assert repeats["ec2.create_launch_template"] is Repeat.TOKEN
    assert repeats["autoscaling.create_auto_scaling_group"] is Repeat.LOOKUP
    assert repeats["ecs.create_capacity_provider"] is Repeat.LOOKUP


def test_a_fargate_cluster_is_created(world: World, operator: User) -> None:
    tags: dict[str, Any] = {"tags-TOTAL_FORMS": 1, "tags-0-key": "team", "tags-0-value": "web"}
    world.run("create_cluster", operator, world.cluster_data(**tags))

    cluster = Cluster.objects.get(name="shop")
    assert cluster.status == "ACTIVE"
    assert cluster.tags == {"team": "web"}
    assert cluster.container_insights == "enabled"


def test_an_ec2_cluster_ends_with_its_instances_registered(world: World, operator: User) -> None:
    operation = world.run("create_cluster", operator, world.cluster_data("both"))

    cluster = Cluster.objects.get(name="shop")
    assert cluster.capacity_providers[:2] == ["FARGATE", "FARGATE_SPOT"]
    assert cluster.capacity_providers[2].startswith("cp-shop-")
    assert ContainerInstance.objects.filter(cluster_name="shop", status="ACTIVE").count() == 2
    waited = operation.steps.get(key="register")
    assert (waited.progress_done, waited.progress_total) == (2, 2)


def test_undo_deletes_everything_that_was_created(world: World, operator: User) -> None:
    operation = world.run("create_cluster", operator, world.cluster_data("ec2"))

    world.undo(operation, operator)

    assert not Cluster.objects.filter(gone_at=None).exists()
    assert not world.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert not world.client("ec2").describe_launch_templates()["LaunchTemplates"]
    states = world.client("ec2").describe_instances()["Reservations"]
    assert {each["Instances"][0]["State"]["Name"] for each in states} == {"terminated"}


def test_an_existing_name_is_refused_at_its_field(desk: Desk, operator: User, shop: Cluster) -> None:
    assert desk.errors("create_cluster", operator, desk.cluster_data()) == {
        "name": ["The cluster shop already exists. Choose another name."]
    }


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "my cluster", BAD_NAME),
        ("name", "new", "The name new is reserved. Choose another name."),
        ("name", "", "This field is required."),
        ("instance_type", "t4g.small", "t4g.small is arm64, but the AMI is x86_64. Choose a type for this AMI."),
        ("disk", 8, "Ensure this value is greater than or equal to 30."),
        ("desired", 9, "Choose a number from the minimum (0) to the maximum (3)."),
        ("minimum", 5, None),
        ("subnets", [], "This field is required."),
        ("subnets", ["subnet-0gone"], f"subnet-0gone is unknown: {LOADING}"),
    ],
)
def test_bad_input_is_refused_at_its_field(
    desk: Desk, operator: User, field: str, value: Any, message: str | None
) -> None:
    errors = desk.errors("create_cluster", operator, desk.cluster_data("ec2", **{field: value}))

    if message is None:
        assert errors == {
            "maximum": ["The maximum is below the minimum of 5. Increase the maximum or decrease the minimum."]
        }
    else:
        assert errors == {field: [message]}


def test_fargate_ignores_the_ec2_fields(desk: Desk, operator: User) -> None:
    data = desk.cluster_data(minimum=9, maximum=1, disk="much", subnets=["nowhere"])

    assert calls(desk.review("create_cluster", operator, data)) == ["ecs.create_cluster"]


def test_security_groups_of_another_vpc_are_refused(desk: Desk, operator: User) -> None:
    errors = desk.errors("create_cluster", operator, desk.cluster_data("ec2", security_groups=["sg-far"]))

    assert list(errors) == ["security_groups"]
    assert "not in the VPC of the subnets" in errors["security_groups"][0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("aws:team", "x")], "The prefix aws: is reserved. Choose another key."),
        ([("team", "<b>")], "Use letters, digits, spaces and + - = . _ : / @ only."),
        ([("team", "a"), ("team", "b")], "Each key can be used only once. Duplicate keys: team."),
    ],
)
def test_bad_tags_are_refused(desk: Desk, operator: User, rows: list[tuple[str, str]], message: str) -> None:
    tags = group_data("tags", [{"key": key, "value": value} for key, value in rows])

    errors = desk.errors("create_cluster", operator, {**desk.cluster_data(), **tags})

    assert [message] in errors.values()


def test_an_operator_of_a_name_pattern_creates_only_matching_clusters(desk: Desk) -> None:
    user = person("team-operator", Role.OPERATOR, account="demo", cluster="shop-*")

    plan = desk.review("create_cluster", user, desk.cluster_data(name="shop-eu"))
    assert plan.resource_key.endswith(":cluster/shop-eu")
    with pytest.raises(NotAllowed):
        desk.review("create_cluster", user, desk.cluster_data(name="bank"))


def test_it_stops_when_the_cluster_was_created_since_the_review(world: World, operator: User) -> None:
    operation = world.start("create_cluster", operator, world.cluster_data())
    world.client("ecs").create_cluster(clusterName="shop")

    drive.drive(operation, world.sandbox)

    assert operation.state == "failed"
    assert "exists already" in operation.error["message"]
