from dataclasses import dataclass
from typing import Any, cast

import pytest
from django.test import Client

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, InstanceProfile, Role
from clusters.runtime.container_instances import launch_dry_run
from ecsdash.access.models import User
from ecsdash.aws.calls import Answer, Aws
from ecsdash.aws.errors import AwsError, Invalid, NotFound, Unavailable
from ecsdash.operations import runner
from ecsdash.operations.plan import Check, Level, Repeat
from tests.clusters.world import Desk, World, calls
from tests.operations import drive


def test_instances_are_spread_over_the_subnets(desk: Desk, operator: User, shop: Cluster) -> None:
    plan = desk.review("launch_container_instances", operator, {**desk.launch_data(), "number": 3}, cluster="shop")

    runs = [step for step in plan.steps if step.call == "ec2.run_instances"]
    assert [step.params["MaxCount"] for step in runs] == [2, 1]
    assert [step.params["SubnetId"] for step in runs] == desk.launch_data()["subnets"]
    assert {step.repeat for step in runs} == {Repeat.TOKEN}
    assert "ECS_CLUSTER=shop" in runs[0].params["UserData"]
    assert plan.cost is not None
    assert plan.cost.amount == pytest.approx(3 * (0.048 * 730 + 30 * 0.0952), abs=0.01)


def test_it_succeeds_when_all_instances_are_registered(world: World, operator: User, real_shop: Cluster) -> None:
    operation = world.run("launch_container_instances", operator, {**world.launch_data(), "number": 2}, cluster="shop")

    assert len(world.instances("shop")) == 2
    waited = operation.steps.get(key="register")
    assert (waited.progress_done, waited.progress_total) == (2, 2)
    real_shop.refresh_from_db()
    assert real_shop.registered_container_instances_count == 2


def test_the_role_is_created_only_if_it_does_not_exist(world: World, operator: User, real_shop: Cluster) -> None:
    first = world.review("launch_container_instances", operator, {**world.launch_data(), "number": 1}, cluster="shop")
    world.run("launch_container_instances", operator, {**world.launch_data(), "number": 1}, cluster="shop")
    world.sweep("roles", "instance_profiles")

    data = {**world.launch_data(), "number": 1, "instance_profile": "ecsInstanceRole"}
    second = world.review("launch_container_instances", operator, data, cluster="shop")

    assert calls(first)[:4] == [
        "iam.create_role",
        "iam.attach_role_policy",
        "iam.create_instance_profile",
        "iam.add_role_to_instance_profile",
    ]
    assert InstanceProfile.objects.get(name="ecsInstanceRole").role_name == "ecsInstanceRole"
    assert calls(second) == ["ec2.run_instances"]
    assert [check.name for check in second.live_checks] == ["launch_dry_run"]


def test_an_existing_role_without_a_profile_is_used(desk: Desk, operator: User, shop: Cluster) -> None:
    desk.row(Role, "ecsInstanceRole", region="", trusts=["ec2.amazonaws.com"])

    plan = desk.review("launch_container_instances", operator, {**desk.launch_data(), "number": 1}, cluster="shop")

    assert calls(plan)[:2] == ["iam.attach_role_policy", "iam.create_instance_profile"]


def with_strategy(shop: Cluster, *names: str) -> None:
    shop.description = {"defaultCapacityProviderStrategy": [{"capacityProvider": name, "weight": 1} for name in names]}
    shop.capacity_providers = [*names]
    shop.save()


def advice(desk: Desk, operator: User) -> list[Check]:
    plan = desk.review("launch_container_instances", operator, {**desk.launch_data(), "number": 1}, cluster="shop")
    return [check for check in plan.checks if "capacity provider" in check.title]


def test_the_review_warns_if_the_strategy_does_not_use_the_instances(desk: Desk, operator: User, shop: Cluster) -> None:
    with_strategy(shop, "FARGATE")
    (check,) = advice(desk, operator)

    assert (check.level, check.title) == (Level.WARN, "These instances have no capacity provider")
    assert "The cluster's default strategy (FARGATE) does not place tasks on them" in check.detail
    assert check.fix.startswith("Choose the launch type EC2")


def test_the_clusters_auto_scaling_group_is_offered_instead(
    desk: Desk, operator: User, shop: Cluster, client: Client
) -> None:
    desk.row(AutoScalingGroup, "farm-group", min_size=0, max_size=5, desired_capacity=2)
    group = AutoScalingGroup.objects.get().arn
    desk.row(CapacityProvider, "cp-farm", status="ACTIVE", auto_scaling_group_arn=group)
    with_strategy(shop, "cp-farm")

    (check,) = advice(desk, operator)
    assert "increase the desired capacity of the Auto Scaling group farm-group" in check.fix
    assert "of the capacity provider cp-farm (2 now, at most 5)" in check.fix
    client.force_login(operator)
    page = client.get("/demo/eu-central-1/clusters/shop/instances/launch/").content.decode()
    assert "the Auto Scaling group <b>farm-group</b>" in page
    assert 'href="/demo/eu-central-1/clusters/shop/capacity/"' in page


def test_without_a_strategy_the_instances_are_used(desk: Desk, operator: User, shop: Cluster) -> None:
    with_strategy(shop)
    (check,) = advice(desk, operator)

    assert check.level is Level.OK


def test_a_launch_that_fails_says_why(world: World, operator: User, real_shop: Cluster) -> None:
    data = {**world.launch_data(), "number": 1}
    operation = world.start("launch_container_instances", operator, data, cluster="shop")
    world.client("ec2").delete_key_pair(KeyName="ops")

    drive.drive(operation, world.sandbox)

    assert operation.state == "failed"
    assert operation.error["code"] == "InvalidKeyPair.NotFound"


def test_instances_that_stop_before_they_register_fail_the_operation(
    world: World, operator: User, real_shop: Cluster
) -> None:
    ec2 = world.client("ec2")
    data = {**world.launch_data(), "number": 1}
    operation = world.start("launch_container_instances", operator, data, cluster="shop")
    runner.run(operation.pk)
    reservations = ec2.describe_instances()["Reservations"]
    ec2.terminate_instances(InstanceIds=[each["InstanceId"] for one in reservations for each in one["Instances"]])

    drive.drive(operation, world.sandbox)

    assert operation.state == "failed"
    assert "stopped before they registered" in operation.error["message"]


@pytest.mark.parametrize(("number", "message"), [(0, "greater than or equal to 1"), (51, "less than or equal to 50")])
def test_the_number_is_bounded(desk: Desk, operator: User, shop: Cluster, number: int, message: str) -> None:
    errors = desk.errors(
        "launch_container_instances", operator, {**desk.launch_data(), "number": number}, cluster="shop"
    )

    assert list(errors) == ["number"]
    assert message in errors["number"][0]


@dataclass
class FailingEc2:
    """An EC2 client whose dry runs raise this error."""

    error: AwsError

    def call(self, name: str, /, **params: Any) -> Answer:
        raise self.error


def test_a_dry_run_lets_ec2_check_the_launch() -> None:
    accepted = FailingEc2(Invalid("DryRunOperation", "Request would have succeeded, but DryRun flag is set."))
    without_image = FailingEc2(NotFound("InvalidAMIID.NotFound", "The image id '[ami-0gone]' does not exist"))

    assert launch_dry_run(cast(Aws, accepted), {}).level is Level.OK
    refused = launch_dry_run(cast(Aws, without_image), {})
    assert refused.level is Level.BLOCK
    assert "ami-0gone" in refused.detail


def test_an_outage_of_ec2_is_not_a_refusal_of_the_launch() -> None:
    with pytest.raises(Unavailable):
        launch_dry_run(cast(Aws, FailingEc2(Unavailable("InternalError", "Try later"))), {})
