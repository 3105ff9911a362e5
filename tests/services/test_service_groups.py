"""A service with every group of fields is created and edited later, and ECS has what was entered. It runs no tasks."""

import json
from typing import Any

from ecsdash.access.models import User
from services.documents.service import document_of
from tests.services.definitions import ROLE, container
from tests.services.simulated_services import IN_SERVICE, SimulatedServices
from tests.services.test_unknown_things import function

SHOP = {"cluster": "shop"}
ALARMS = {"alarmNames": ["errors"], "enable": True, "rollback": True}


def prepare(stage: SimulatedServices) -> dict[str, str]:
    """Create what the groups name. Return the ARNs of the Cloud Map service, the target group of VPC Lattice, and the
    function of the hook."""
    mount = {"sourceVolume": "data", "containerPath": "/data"}
    ports = [{"containerPort": 80, "name": "http"}]
    web = container("web", memory=256, portMappings=ports, mountPoints=[mount])
    stage.client("ecs").register_task_definition(
        family="web-front", networkMode="awsvpc", containerDefinitions=[web], taskRoleArn=ROLE,
        volumes=[{"name": "data", "configuredAtLaunch": True}],
    )  # fmt: skip
    cloud_map, vpc = stage.client("servicediscovery"), stage.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    cloud_map.create_http_namespace(Name="shop")
    cloud_map.create_private_dns_namespace(Name="shop.internal", Vpc=vpc)
    namespace = next(each for each in cloud_map.list_namespaces()["Namespaces"] if each["Name"] == "shop.internal")
    records = {"DnsRecords": [{"Type": "A", "TTL": 10}]}
    registry = cloud_map.create_service(Name="web", NamespaceId=namespace["Id"], DnsConfig=records)["Service"]["Arn"]
    config = {"port": 80, "protocol": "HTTP", "vpcIdentifier": vpc}
    group = stage.client("vpc-lattice").create_target_group(name="web", type="IP", config=config)["arn"]
    stage.sweep()
    return {"registry": registry, "lattice": group, "function": function(stage)}


def everything(stage: SimulatedServices, arns: dict[str, str], **values: Any) -> dict[str, Any]:
    """Return the document of a service with every group; `values` are the ones that the edit changes."""
    disk = {"roleArn": ROLE, "sizeInGiB": values["size"], "volumeType": "gp3", "filesystemType": "ext4"}
    port = {"portName": "http", "clientAliases": [{"port": values["alias"], "dnsName": "web"}]}
    hook = {"hookTargetArn": arns["function"], "roleArn": ROLE, "lifecycleStages": ["POST_SCALE_UP"]}
    return {
        "serviceName": "web-front",
        "taskDefinition": "web-front:2",
        "serviceRegistries": [{"registryArn": arns["registry"]}],
        "desiredCount": 0,
        "launchType": "EC2",
        "schedulingStrategy": "REPLICA",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": stage.subnets()[: values["subnets"]]}},
        "deploymentConfiguration": {
            "strategy": "LINEAR", "bakeTimeInMinutes": values["bake"], "alarms": ALARMS, "lifecycleHooks": [hook],
            "maximumPercent": 200, "minimumHealthyPercent": 100,
            "linearConfiguration": {"stepPercent": 50.0, "stepBakeTimeInMinutes": 1},
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        },
        "placementConstraints": [{"type": "memberOf", "expression": values["expression"]}],
        "placementStrategy": [{"type": "spread", "field": values["spread"]}],
        "serviceConnectConfiguration": {"enabled": True, "namespace": "shop", "services": [port]},
        "volumeConfigurations": [{"name": "data", "managedEBSVolume": disk}],
        "vpcLatticeConfigurations": [{"roleArn": ROLE, "targetGroupArn": arns["lattice"], "portName": "http"}],
        "enableExecuteCommand": values["exec"],
        "enableECSManagedTags": True,
        "propagateTags": values["propagate"],
        "availabilityZoneRebalancing": "DISABLED",
        "tags": [{"key": "team", "value": values["team"]}],
    }  # fmt: skip


def described(stage: SimulatedServices) -> dict[str, Any]:
    service = stage.service()
    return document_of(service.description, service.tags)


def test_every_group_of_a_service_is_set_at_its_creation_and_changed_later(
    service_stage: SimulatedServices, admin: User
) -> None:
    stage, arns = service_stage, prepare(service_stage)
    written = everything(
        stage, arns, size=10, alias=80, bake=1, subnets=1, expression="attribute:ecs.os-type == linux",
        spread="instanceId", exec=True, propagate="SERVICE", team="shop",
    )  # fmt: skip
    stage.do("create_service", admin, {"json": json.dumps(written), "balancer": "none"}, **SHOP)
    assert_holds(described(stage), written)
    changed = everything(
        stage, arns, size=20, alias=8080, bake=2, subnets=2, expression="attribute:ecs.os-type == windows",
        spread="attribute:ecs.availability-zone", exec=False, propagate="TASK_DEFINITION", team="web",
    )  # fmt: skip
    stage.do("edit_service", admin, {"json": json.dumps(changed), "balancer": "none"}, **IN_SERVICE)
    assert_holds(described(stage), changed)


def assert_holds(found: Any, written: Any, place: str = "") -> None:
    """Everything that was written is there; ECS may add defaults."""
    if isinstance(written, dict):
        for name, value in written.items():
            assert_holds(found.get(name, False if value is False else None), value, f"{place}/{name}")
    elif isinstance(written, list):
        assert len(found) == len(written), place
        for number, (each, value) in enumerate(zip(found, written, strict=True)):
            assert_holds(each, value, f"{place}/{number}")
    else:
        assert found == written, place
