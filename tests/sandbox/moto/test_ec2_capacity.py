"""EC2 capacity that is not there, and Spot instances that are taken back."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox import aws
from tests.sandbox.conftest import Sandbox
from tests.sandbox.faults.test_faults import ONCE
from tests.sandbox.http.test_endpoint import refusal

JOINED = 40
DRAINING = "echo ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config\n"
SPOT = {"InstanceMarketOptions": {"MarketType": "spot"}}


@pytest.fixture
def profile(sandbox: Sandbox) -> dict[str, str]:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    return {"Name": aws.instance_profile(sandbox)}


def instance(sandbox: Sandbox, instance_id: str) -> dict[str, Any]:
    [reservation] = sandbox.client("ec2").describe_instances(InstanceIds=[instance_id])["Reservations"]
    found: dict[str, Any] = reservation["Instances"][0]
    return found


def job(sandbox: Sandbox) -> str:
    container = {"name": "job", "image": "shop/web:1", "cpu": 128, "memory": 128, "essential": True}
    made = sandbox.client("ecs").register_task_definition(family="job", containerDefinitions=[container])
    return str(made["taskDefinition"]["taskDefinitionArn"])


def test_a_spot_instance_drains_on_its_notice_and_is_taken_back_after_two_minutes(
    sandbox: Sandbox, profile: dict[str, str]
) -> None:
    launch = {"IamInstanceProfile": profile, "UserData": aws.user_data("shop") + DRAINING, **SPOT}
    [spot] = aws.run_instances(sandbox, "shop", **launch)
    assert instance(sandbox, spot)["InstanceLifecycle"] == "spot"
    sandbox.step(JOINED)
    task = sandbox.client("ecs").run_task(cluster="shop", taskDefinition=job(sandbox))["tasks"][0]["taskArn"]
    sandbox.step(JOINED)
    sandbox.admin("faults", name="spot-interruption", on=True)
    sandbox.step(10)
    assert [each["status"] for each in aws.container_instances(sandbox, "shop")] == ["DRAINING"]
    sandbox.step(100)
    assert instance(sandbox, spot)["State"]["Name"] == "running"
    sandbox.step(20)
    gone = instance(sandbox, spot)
    assert (gone["State"]["Name"], gone["StateReason"]["Code"]) == ("terminated", "Server.SpotInstanceTermination")
    assert aws.container_instances(sandbox, "shop") == []
    [stopped] = sandbox.client("ecs").describe_tasks(cluster="shop", tasks=[task])["tasks"]
    assert stopped["stopCode"] == "TerminationNotice"


def test_on_demand_and_other_clusters_are_spared(sandbox: Sandbox, profile: dict[str, str]) -> None:
    sandbox.client("ecs").create_cluster(clusterName="other")
    aws.run_instances(sandbox, "shop", IamInstanceProfile=profile)
    aws.run_instances(sandbox, "other", IamInstanceProfile=profile, **SPOT)
    sandbox.step(JOINED)
    sandbox.admin("faults", name="spot-interruption", on=True, pattern="cluster:shop/*")
    sandbox.step(200)
    assert len(aws.container_instances(sandbox, "shop")) == len(aws.container_instances(sandbox, "other")) == 1


def test_without_the_agents_setting_tasks_run_until_the_instance_is_gone(
    sandbox: Sandbox, profile: dict[str, str]
) -> None:
    aws.run_instances(sandbox, "shop", IamInstanceProfile=profile, **SPOT)
    sandbox.step(JOINED)
    sandbox.admin("faults", name="spot-interruption", on=True, pattern="instance:*")
    sandbox.step(60)
    assert [each["status"] for each in aws.container_instances(sandbox, "shop")] == ["ACTIVE"]


def test_a_group_replaces_the_spot_instances_of_its_template(sandbox: Sandbox, profile: dict[str, str]) -> None:
    template = aws.launch_template(sandbox, "shop", profile["Name"], **SPOT)
    aws.auto_scaling_group(sandbox, template, desired=1)
    sandbox.step(JOINED)
    [before] = aws.container_instances(sandbox, "shop")
    sandbox.admin("faults", name="spot-interruption", on=True)
    sandbox.step(10)
    sandbox.admin("faults", name="spot-interruption", on=False)
    sandbox.step(120 + JOINED)
    [after] = aws.container_instances(sandbox, "shop")
    assert after["ec2InstanceId"] != before["ec2InstanceId"]


def test_a_launch_without_capacity_is_refused_in_the_words_of_ec2(sandbox: Sandbox, profile: dict[str, str]) -> None:
    sandbox.admin("faults", name="no-capacity", on=True, pattern="instance-type:t3.*")
    sandbox._clients["ec2", "eu-central-1"] = sandbox.client_as("ec2", config=ONCE)
    with pytest.raises(ClientError) as caught:
        aws.run_instances(sandbox, "shop", IamInstanceProfile=profile)
    assert refusal(caught) == "InsufficientInstanceCapacity"
    assert len(aws.run_instances(sandbox, "shop", InstanceType="m5.large", IamInstanceProfile=profile)) == 1


def test_a_group_without_capacity_tells_so_and_tries_again(sandbox: Sandbox, profile: dict[str, str]) -> None:
    scaling = sandbox.client("autoscaling")
    template = aws.launch_template(sandbox, "shop", profile["Name"])
    sandbox.admin("faults", name="no-capacity", on=True, pattern="cluster:shop/*")
    aws.auto_scaling_group(sandbox, template, desired=2)

    def newest() -> dict[str, Any]:
        found: dict[str, Any] = scaling.describe_scaling_activities(AutoScalingGroupName=template)["Activities"][0]
        return found

    assert (newest()["StatusCode"], "do not have sufficient t3.medium capacity" in newest()["Description"]) == (
        "Failed",
        True,
    )
    sandbox.admin("faults", name="no-capacity", on=False)
    sandbox.step(60 + JOINED)
    assert newest()["StatusCode"] == "Successful"
    assert len(aws.container_instances(sandbox, "shop")) == 2


def test_a_mixed_group_buys_as_many_spot_instances_as_its_policy_says(
    sandbox: Sandbox, profile: dict[str, str]
) -> None:
    template = aws.launch_template(sandbox, "shop", profile["Name"])
    policy = {
        "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateName": template, "Version": "$Latest"}},
        "InstancesDistribution": {"OnDemandBaseCapacity": 1, "OnDemandPercentageAboveBaseCapacity": 50},
    }
    sandbox.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="mixed",
        MixedInstancesPolicy=policy,
        MinSize=0,
        MaxSize=5,
        DesiredCapacity=5,
        VPCZoneIdentifier=",".join(aws.subnets(sandbox)),
    )
    reservations = sandbox.client("ec2").describe_instances()["Reservations"]
    bought = [each.get("InstanceLifecycle") for reservation in reservations for each in reservation["Instances"]]
    assert (len(bought), bought.count("spot")) == (5, 2)


def test_an_instance_behind_managed_draining_goes_when_its_tasks_have_moved(
    sandbox: Sandbox, profile: dict[str, str]
) -> None:
    ecs, scaling = sandbox.client("ecs"), sandbox.client("autoscaling")
    template = aws.launch_template(sandbox, "shop", profile["Name"])
    group = aws.auto_scaling_group(sandbox, template, desired=2)
    ecs.create_capacity_provider(name="fleet", autoScalingGroupProvider={"autoScalingGroupArn": group})
    ecs.put_cluster_capacity_providers(cluster="shop", capacityProviders=["fleet"], defaultCapacityProviderStrategy=[])
    sandbox.step(JOINED)
    spread = [{"type": "spread", "field": "instanceId"}]
    definition = job(sandbox)
    ecs.create_service(
        cluster="shop", serviceName="job", taskDefinition=definition, desiredCount=2, placementStrategy=spread
    )
    sandbox.step(JOINED)
    scaling.set_desired_capacity(AutoScalingGroupName=template, DesiredCapacity=1)
    sandbox.step(6)
    assert sorted(each["status"] for each in aws.container_instances(sandbox, "shop")) == ["ACTIVE", "DRAINING"]
    [shown] = scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    assert sorted(each["LifecycleState"] for each in shown["Instances"]) == ["InService", "Terminating:Wait"]
    sandbox.step(90)
    [left] = aws.container_instances(sandbox, "shop")
    assert (left["status"], left["runningTasksCount"]) == ("ACTIVE", 2)
    [shown] = scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    assert (shown["DesiredCapacity"], len(shown["Instances"])) == (1, 1)
