"""Services that ECS refuses, with its words."""

from typing import Any

import pytest

from tests.sandbox.ecs.fake_aws import LATTICE_GROUP, TARGET_GROUP
from tests.sandbox.ecs.stage import NETWORK, ROLE, Json, Stage

BALANCER = {"targetGroupArn": TARGET_GROUP, "containerName": "web", "containerPort": 80}
DISK: Json = {
    "volumes": [{"name": "disk", "configuredAtLaunch": True}],
    "container": {"mountPoints": [{"sourceVolume": "disk", "containerPath": "/disk"}]},
}
VOLUME = {"sizeInGiB": 20, "roleArn": ROLE}


def refused(stage: Stage, definition: str, **changes: Any) -> str:
    """The reason why a Fargate service is refused."""
    params: Json = {
        "cluster": "shop",
        "serviceName": "web",
        "taskDefinition": definition,
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": NETWORK,
    }
    given = {name: value for name, value in (params | changes).items() if value is not None}
    error = stage.refused("CreateService", **given)
    assert error.code == "InvalidParameterException"
    return error.message


def connect(**service: Any) -> Json:
    return {"enabled": True, "namespace": "shop.local", "services": [{"portName": "http", **service}]}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"role": ROLE}, "IAM roles are only valid for services configured to use load balancers."),
        ({"role": ROLE, "loadBalancers": [BALANCER]}, "You cannot specify an IAM role for services that require"),
        (
            {"deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 100}},
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
        ),
        ({"deploymentConfiguration": {"minimumHealthyPercent": 101}}, "minimumHealthyPercent must be at most 100"),
        ({"serviceRegistries": [{"registryArn": "a"}, {"registryArn": "b"}]}, "can have at most 1 items"),
        ({"serviceConnectConfiguration": connect()}, "clientAliases must have 1 element."),
        (
            {"serviceConnectConfiguration": connect(clientAliases=[{"port": 80}, {"port": 81}])},
            "2 clientAliases exceeds the max limit of 1",
        ),
        (
            {"serviceConnectConfiguration": connect(clientAliases=[{"port": 80, "dnsName": "My DB"}])},
            "The DNS name that you provided is invalid.",
        ),
        (
            {"serviceConnectConfiguration": connect(portName="db", clientAliases=[{"port": 80}])},
            "The port name db was not found",
        ),
        ({"volumeConfigurations": [{"name": "disk", "managedEBSVolume": VOLUME}]}, "The volume name 'disk' in your"),
    ],
)
def test_a_fargate_service_is_refused(stage: Stage, changes: Json, words: str) -> None:
    stage.cluster()
    assert words in refused(stage, stage.register_fargate(), **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"placementStrategy": [{"type": "random"}] * 6}, "Maximum number of strategies is 5."),
        ({"placementStrategy": [{"type": "random", "field": "cpu"}]}, "random field should not be specified."),
        ({"placementStrategy": [{"type": "binpack", "field": "disk"}]}, "binpack field 'disk' is invalid"),
        ({"placementStrategy": [{"type": "spread", "field": "zone"}]}, "spread field 'zone' is invalid"),
        (
            {"placementConstraints": [{"type": "distinctInstance", "expression": "a == b"}]},
            "distinctInstance expression should not be specified.",
        ),
        (
            {"schedulingStrategy": "DAEMON", "desiredCount": None, "availabilityZoneRebalancing": "ENABLED"},
            "Availability Zone Rebalancing does not support DAEMON services",
        ),
        (
            {"schedulingStrategy": "DAEMON", "desiredCount": None, "deploymentConfiguration": {"maximumPercent": 150}},
            "does not support values above 100 for maximumPercent",
        ),
    ],
)
def test_a_service_on_instances_is_refused(stage: Stage, changes: Json, words: str) -> None:
    stage.cluster()
    definition = stage.register()
    assert words in refused(stage, definition, launchType="EC2", networkConfiguration=None, **changes)


@pytest.mark.parametrize(
    ("volume", "words"),
    [
        ({"roleArn": ROLE}, "MissingParameter"),
        (VOLUME | {"volumeType": "gp2", "iops": 3000}, "InvalidParameterCombination"),
        (VOLUME | {"volumeType": "io1"}, "MissingParameter"),
        (VOLUME | {"volumeType": "io1", "iops": 100, "throughput": 125}, "InvalidParameterCombination"),
        (VOLUME | {"volumeType": "st1"}, "125 to 16384 GiB"),
        (VOLUME | {"volumeType": "big"}, "InvalidParameterValue"),
        (VOLUME | {"roleArn": "arn:aws:iam::111111111111:role/gone"}, "unable to assume the role"),
    ],
)
def test_an_ebs_volume_must_be_one_that_ec2_can_create(stage: Stage, volume: Json, words: str) -> None:
    stage.cluster()
    stage.aws.missing_roles.add("arn:aws:iam::111111111111:role/gone")
    definition = stage.register_fargate(**DISK)
    assert words in refused(stage, definition, volumeConfigurations=[{"name": "disk", "managedEBSVolume": volume}])


def test_a_volume_that_is_configured_at_launch_needs_its_configuration(stage: Stage) -> None:
    stage.cluster()
    assert "must be configured at launch" in refused(stage, stage.register_fargate(**DISK))


def test_changes_of_a_service_meet_the_same_rules(stage: Stage) -> None:
    stage.cluster()
    stage.fargate_service(stage.register_fargate())
    both = {"minimumHealthyPercent": 100, "maximumPercent": 100}
    error = stage.refused("UpdateService", cluster="shop", service="web", deploymentConfiguration=both)
    assert "block deployments" in error.message
    error = stage.refused("UpdateService", cluster="shop", service="web", serviceConnectConfiguration=connect())
    assert error.message == "clientAliases must have 1 element."


def test_tasks_are_registered_in_a_target_group_of_vpc_lattice(stage: Stage) -> None:
    stage.cluster()
    lattice = {"roleArn": ROLE, "targetGroupArn": LATTICE_GROUP, "portName": "http"}
    service = stage.fargate_service(stage.register_fargate(), count=1, vpcLatticeConfigurations=[lattice])
    assert service["deployments"][0]["vpcLatticeConfigurations"] == [lattice]
    stage.step(30)
    address = stage.tasks()[0]["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    assert stage.aws.lattice == {(LATTICE_GROUP, address, 80)}
    stage.call("UpdateService", cluster="shop", service="web", desiredCount=0)
    stage.step(30)
    assert stage.aws.lattice == set()
    unknown = [lattice | {"targetGroupArn": f"{LATTICE_GROUP}2"}]
    error = stage.refused("UpdateService", cluster="shop", service="web", vpcLatticeConfigurations=unknown)
    assert "does not exist" in error.message
