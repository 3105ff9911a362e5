"""Managed Instances: capacity that ECS launches and terminates itself; servers outside of EC2."""

from typing import Any

import pytest

from tests.sandbox.ecs.stage import NETWORK, ROLE, Json, Stage

PROFILE = "arn:aws:iam::111111111111:instance-profile/ecsInstanceRole"
TEMPLATE: Json = {
    "ec2InstanceProfileArn": PROFILE,
    "networkConfiguration": {"subnets": ["subnet-a", "subnet-b"], "securityGroups": ["sg-1"]},
}
PROVIDER: Json = {"infrastructureRoleArn": ROLE, "instanceLaunchTemplate": TEMPLATE}
STRATEGY = [{"capacityProvider": "managed", "weight": 1}]


def create(stage: Stage, **changes: Any) -> Json:
    answer = stage.call(
        "CreateCapacityProvider", name="managed", cluster="shop", managedInstancesProvider=PROVIDER | changes
    )
    provider: Json = answer["capacityProvider"]
    return provider


def service(stage: Stage, count: int = 2) -> None:
    definition = stage.register(networkMode="awsvpc", requiresCompatibilities=["MANAGED_INSTANCES"])
    stage.call(
        "CreateService",
        cluster="shop",
        serviceName="web",
        taskDefinition=definition,
        desiredCount=count,
        capacityProviderStrategy=STRATEGY,
        networkConfiguration=NETWORK,
    )


def test_a_provider_belongs_to_the_cluster_that_it_names(stage: Stage) -> None:
    stage.cluster()
    made = create(stage)
    assert (made["type"], made["cluster"], made["updateStatus"]) == ("MANAGED_INSTANCES", "shop", "CREATE_IN_PROGRESS")
    stage.step(10)
    [shown] = stage.call("DescribeCapacityProviders", capacityProviders=["managed"])["capacityProviders"]
    assert (shown["status"], shown["updateStatus"]) == ("ACTIVE", "CREATE_COMPLETE")
    cluster = stage.call("DescribeClusters", clusters=["shop"])["clusters"][0]
    assert cluster["capacityProviders"] == ["managed"]
    named = [
        {each["name"] for each in stage.call("DescribeCapacityProviders", **asked)["capacityProviders"]}
        for asked in ({"cluster": "shop"}, {})
    ]
    assert named == [{"managed"}, {"FARGATE", "FARGATE_SPOT"}]
    assert "does not exist" in stage.refused("DeleteCapacityProvider", capacityProvider="managed").message


def test_instances_come_for_waiting_tasks_and_go_when_they_stay_idle(stage: Stage) -> None:
    stage.cluster()
    create(stage)
    service(stage)
    stage.step(90)
    tasks = stage.tasks(launchType="MANAGED_INSTANCES")
    assert [task["lastStatus"] for task in tasks] == ["RUNNING"] * 2
    arns = stage.call("ListContainerInstances", cluster="shop")["containerInstanceArns"]
    [instance] = stage.call("DescribeContainerInstances", cluster="shop", containerInstances=arns)["containerInstances"]
    assert instance["capacityProviderName"] == "managed"
    stage.call("UpdateService", cluster="shop", service="web", desiredCount=0)
    stage.step(200)
    assert stage.aws.launched[instance["ec2InstanceId"]] == "t3.micro"
    stage.step(300)
    assert stage.aws.launched[instance["ec2InstanceId"]] == "terminated"
    assert stage.call("ListContainerInstances", cluster="shop")["containerInstanceArns"] == []


def test_instances_may_stay_for_ever(stage: Stage) -> None:
    stage.cluster()
    create(stage, infrastructureOptimization={"scaleInAfter": -1})
    service(stage)
    stage.step(90)
    stage.call("UpdateService", cluster="shop", service="web", desiredCount=0)
    stage.step(900)
    assert list(stage.aws.launched.values()) == ["t3.micro"]


def test_other_tasks_do_not_run_on_managed_instances(stage: Stage) -> None:
    stage.cluster()
    create(stage)
    service(stage)
    stage.step(90)
    answer = stage.call("RunTask", cluster="shop", taskDefinition=stage.register(family="tool"), launchType="EC2")
    assert (answer["tasks"], answer["failures"]) == ([], [])


def test_a_provider_is_deleted_with_its_instances_once_nothing_uses_it(stage: Stage) -> None:
    stage.cluster()
    create(stage)
    service(stage)
    stage.step(90)
    error = stage.refused("DeleteCapacityProvider", capacityProvider="managed", cluster="shop")
    assert "is in use" in error.message
    stage.call("DeleteService", cluster="shop", service="web", force=True)
    stage.step(60)
    stage.call("DeleteCapacityProvider", capacityProvider="managed", cluster="shop")
    stage.step(10)
    assert set(stage.aws.launched.values()) == {"terminated"}
    assert stage.call("DescribeClusters", clusters=["shop"])["clusters"][0]["capacityProviders"] == []
    assert create(stage)["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"infrastructureRoleArn": "arn:aws:iam::111111111111:role/gone"}, "unable to assume the role"),
        (
            {"instanceLaunchTemplate": TEMPLATE | {"ec2InstanceProfileArn": "profile"}},
            "instance profile ARN is invalid",
        ),
        ({"instanceLaunchTemplate": TEMPLATE | {"networkConfiguration": {"subnets": ["none"]}}}, "does not exist"),
        (
            {
                "instanceLaunchTemplate": TEMPLATE
                | {"instanceRequirements": {"vCpuCount": {"min": 4, "max": 2}, "memoryMiB": {"min": 1024}}}
            },
            "maximum of vCpuCount",
        ),
        ({"infrastructureOptimization": {"scaleInAfter": 9999}}, "scaleInAfter must be between"),
    ],
)
def test_a_bad_provider_of_managed_instances_is_refused(stage: Stage, changes: Json, words: str) -> None:
    stage.cluster()
    stage.aws.missing_roles.add("arn:aws:iam::111111111111:role/gone")
    error = stage.refused(
        "CreateCapacityProvider", name="managed", cluster="shop", managedInstancesProvider=PROVIDER | changes
    )
    assert words in error.message


def test_managed_instances_need_a_cluster_and_a_strategy(stage: Stage) -> None:
    stage.cluster()
    error = stage.refused("CreateCapacityProvider", name="managed", managedInstancesProvider=PROVIDER)
    assert "A cluster is required" in error.message
    error = stage.refused("RunTask", cluster="shop", taskDefinition=stage.register(), launchType="MANAGED_INSTANCES")
    assert "capacity provider of the Managed Instances" in error.message


def test_tasks_for_external_instances_run_on_registered_servers_only(stage: Stage) -> None:
    stage.cluster()
    stage.instance()
    run = {"cluster": "shop", "taskDefinition": stage.register(), "launchType": "EXTERNAL"}
    assert stage.call("RunTask", **run)["tasks"] == []
    document = '{"instanceId": "mi-0123456789abcdef0", "instanceType": "t3.micro"}'
    stage.call("RegisterContainerInstance", cluster="shop", instanceIdentityDocument=document)
    [task] = stage.call("RunTask", **run)["tasks"]
    assert task["launchType"] == "EXTERNAL"
