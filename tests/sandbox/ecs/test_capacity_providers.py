from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.sandbox.ecs.fake_aws import SCALING_GROUP
from tests.sandbox.ecs.stage import NETWORK, Json, Stage

MANAGED = {"autoScalingGroupArn": SCALING_GROUP, "managedScaling": {"status": "ENABLED", "targetCapacity": 100}}


def registration(stage: Stage, **provider: Any) -> None:
    """A cluster whose default capacity is an Auto Scaling group."""
    stage.call("CreateCapacityProvider", name="fleet", autoScalingGroupProvider=MANAGED | provider)
    strategy = [{"capacityProvider": "fleet", "weight": 1}]
    stage.cluster(capacityProviders=["fleet"], defaultCapacityProviderStrategy=strategy)


def arrive(stage: Stage, number: int) -> str:
    """An instance of the group."""
    group = stage.aws.group
    stage.aws.group = replace(group, instance_ids=(*group.instance_ids, f"i-{number:017x}"))
    return stage.instance(number)


def ec2_id(stage: Stage, task: str) -> str:
    """The EC2 instance on which a task runs."""
    arns = [stage.task(task)["containerInstanceArn"]]
    described = stage.call("DescribeContainerInstances", cluster="shop", containerInstances=arns)
    return str(described["containerInstances"][0]["ec2InstanceId"])


def test_a_provider_shows_its_defaults(stage: Stage) -> None:
    answer = stage.call(
        "CreateCapacityProvider", name="fleet", autoScalingGroupProvider={"autoScalingGroupArn": SCALING_GROUP}
    )
    scaling = answer["capacityProvider"]["autoScalingGroupProvider"]["managedScaling"]
    assert (scaling["status"], scaling["targetCapacity"]) == ("DISABLED", 100)
    assert answer["capacityProvider"]["status"] == "ACTIVE"


def test_the_providers_of_fargate_are_always_there(stage: Stage) -> None:
    names = [provider["name"] for provider in stage.call("DescribeCapacityProviders")["capacityProviders"]]
    assert names == ["FARGATE", "FARGATE_SPOT"]
    assert stage.refused("DeleteCapacityProvider", capacityProvider="FARGATE").code == "ClientException"


@pytest.mark.parametrize(
    ("name", "group", "words"),
    [
        ("aws-fleet", MANAGED, "name cannot be prefixed"),
        ("a fleet", MANAGED, "name is invalid"),
        ("fleet", {"autoScalingGroupArn": "arn:none"}, "Auto Scaling group ARN is invalid"),
        (
            "fleet",
            {"autoScalingGroupArn": SCALING_GROUP, "managedTerminationProtection": "ENABLED"},
            "managed scaling must be enabled",
        ),
    ],
)
def test_a_bad_provider_is_refused(stage: Stage, name: str, group: Json, words: str) -> None:
    assert words in stage.refused("CreateCapacityProvider", name=name, autoScalingGroupProvider=group).message


def test_one_group_belongs_to_one_provider(stage: Stage) -> None:
    registration(stage)
    error = stage.refused("CreateCapacityProvider", name="other", autoScalingGroupProvider=MANAGED)
    assert "used by another capacity provider" in error.message


def test_a_provider_in_use_is_not_deleted(stage: Stage) -> None:
    registration(stage)
    assert "is in use" in stage.refused("DeleteCapacityProvider", capacityProvider="fleet").message
    stage.step(10)
    change = {"cluster": "shop", "capacityProviders": [], "defaultCapacityProviderStrategy": []}
    stage.call("PutClusterCapacityProviders", **change)
    assert stage.call("DeleteCapacityProvider", capacityProvider="fleet")["capacityProvider"]["updateStatus"]
    stage.step(10)
    gone = stage.call("DescribeCapacityProviders", capacityProviders=["fleet"])["capacityProviders"][0]
    assert (gone["status"], gone["updateStatus"]) == ("INACTIVE", "DELETE_COMPLETE")


def test_a_provider_that_a_service_uses_stays_with_its_cluster(stage: Stage) -> None:
    registration(stage)
    stage.call("CreateService", cluster="shop", serviceName="web", taskDefinition=stage.register(), desiredCount=1)
    stage.step(10)
    change = {"cluster": "shop", "capacityProviders": [], "defaultCapacityProviderStrategy": []}
    assert stage.refused("PutClusterCapacityProviders", **change).code == "ResourceInUseException"


def test_an_update_takes_a_moment(stage: Stage) -> None:
    registration(stage)
    change = {"managedScaling": {"status": "ENABLED", "targetCapacity": 80}}
    updated = stage.call("UpdateCapacityProvider", name="fleet", autoScalingGroupProvider=change)["capacityProvider"]
    assert updated["updateStatus"] == "UPDATE_IN_PROGRESS"
    stage.step(10)
    shown = stage.call("DescribeCapacityProviders", capacityProviders=["fleet"])["capacityProviders"][0]
    assert shown["updateStatus"] == "UPDATE_COMPLETE"
    assert shown["autoScalingGroupProvider"]["managedScaling"]["targetCapacity"] == 80


def test_a_strategy_fills_the_base_first_and_then_by_weight(stage: Stage) -> None:
    stage.cluster(capacityProviders=["FARGATE", "FARGATE_SPOT"])
    strategy = [
        {"capacityProvider": "FARGATE", "base": 2, "weight": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 3},
    ]
    stage.fargate_service(stage.register_fargate(), count=10, capacityProviderStrategy=strategy)
    stage.step(10)
    providers = Counter(task["capacityProviderName"] for task in stage.tasks())
    assert providers == {"FARGATE": 4, "FARGATE_SPOT": 6}
    assert {task["launchType"] for task in stage.tasks()} == {"FARGATE"}


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ([{"capacityProvider": "fleet", "weight": 1}], "not associated with the cluster"),
        ([{"capacityProvider": "FARGATE", "weight": 0}], "a weight value greater than zero"),
        ([{"capacityProvider": "FARGATE", "weight": 1}] * 2, "the same capacity provider twice"),
        (
            [
                {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
                {"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 1},
            ],
            "Only one capacity provider can have a base value",
        ),
    ],
)
def test_a_bad_strategy_is_refused(stage: Stage, strategy: list[Json], words: str) -> None:
    stage.cluster(capacityProviders=["FARGATE", "FARGATE_SPOT"])
    error = stage.refused(
        "RunTask",
        cluster="shop",
        taskDefinition=stage.register_fargate(),
        capacityProviderStrategy=strategy,
        networkConfiguration=NETWORK,
    )
    assert words in error.message


def test_tasks_wait_in_provisioning_while_the_group_grows(stage: Stage) -> None:
    registration(stage)
    task = stage.call("RunTask", cluster="shop", taskDefinition=stage.register())["tasks"][0]
    stage.step(5)
    assert stage.aws.group.desired == 1
    assert stage.task(task["taskArn"])["lastStatus"] == "PROVISIONING"
    instance = arrive(stage, 1)
    stage.step(20)
    placed = stage.task(task["taskArn"])
    assert (placed["lastStatus"], placed["containerInstanceArn"]) == ("RUNNING", instance)
    assert placed["capacityProviderName"] == "fleet"


def test_the_group_grows_by_what_the_waiting_tasks_need_and_no_further_than_its_maximum(stage: Stage) -> None:
    registration(stage)
    definition = stage.register(container={"memory": 4000, "cpu": 1024})
    stage.call("CreateService", cluster="shop", serviceName="web", taskDefinition=definition, desiredCount=4)
    stage.step(5)
    arrive(stage, 1)
    stage.step(65)
    assert stage.aws.group.desired > 1
    stage.call("UpdateService", cluster="shop", service="web", desiredCount=40)
    stage.step(65)
    assert stage.aws.group.desired == stage.aws.group.maximum == 5


def test_the_group_shrinks_after_quiet_minutes(stage: Stage) -> None:
    registration(stage)
    stage.call("CreateService", cluster="shop", serviceName="web", taskDefinition=stage.register(), desiredCount=1)
    stage.step(5)
    arrive(stage, 1)
    stage.step(30)
    stage.call("DeleteService", cluster="shop", service="web", force=True)
    stage.step(600)
    assert stage.aws.group.desired == 1
    stage.step(600)
    assert stage.aws.group.desired == 0


def test_the_group_shrinks_by_its_idle_instances_only(stage: Stage) -> None:
    registration(stage, managedTerminationProtection="ENABLED")
    definition = stage.register(container={"memory": 7000})
    tasks = [stage.call("RunTask", cluster="shop", taskDefinition=definition)["tasks"][0] for _ in range(2)]
    stage.step(5)
    arrive(stage, 1)
    stage.step(65)
    arrive(stage, 2)
    stage.step(65)
    first, second = (ec2_id(stage, task["taskArn"]) for task in tasks)
    assert stage.aws.protected == {first, second}
    stage.call("StopTask", cluster="shop", task=tasks[0]["taskArn"])
    stage.step(1200)
    assert stage.aws.released == [first]
    assert (stage.aws.protected, stage.aws.group.desired) == ({second}, 1)


def test_without_managed_scaling_a_task_without_room_fails(stage: Stage) -> None:
    registration(stage, managedScaling={"status": "DISABLED"})
    arrive(stage, 1)
    answer = stage.call("RunTask", cluster="shop", taskDefinition=stage.register(container={"memory": 9000}))
    assert answer["failures"][0]["reason"] == "RESOURCE:MEMORY"


def test_the_reservation_of_a_provider_is_a_metric(stage: Stage) -> None:
    registration(stage)
    stage.call("RunTask", cluster="shop", taskDefinition=stage.register())
    stage.step(65)
    metrics = [metric for metric in stage.aws.metrics if metric.name == "CapacityProviderReservation"]
    assert metrics[-1].dimensions == (("CapacityProviderName", "fleet"), ("ClusterName", "shop"))
    assert metrics[-1].value == 100.0
