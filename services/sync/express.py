"""Sweeps of Express services and gateways."""

from typing import Any

from clusters.sync.clusters import cluster_names
from ecsdash.aws import limits
from ecsdash.aws.calls import Aws
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record, replace, tag_dict
from ecsdash.inventory.sweeps.registry import sweeper
from services.models import ExpressService, Gateway


@sweeper("express_services", choice=True)
def express_services(scope: Scope) -> None:
    """Sweep the services whose resources ECS manages. ListServices returns them only when it is asked for them."""
    aws, records = scope.connection(), []
    for cluster in cluster_names(scope):
        arns = aws.collect(
            "ecs.list_services", "serviceArns", cluster=cluster, resourceManagementType="ECS", maxResults=limits.PAGE
        )
        for arn in arns:
            answer = aws.call("ecs.describe_express_gateway_service", serviceArn=arn, include=["TAGS"])
            records.append(express_record(answer.data["service"]))
    replace(ExpressService, scope, records, "express_services")


@sweeper("gateways", choice=True)
def gateways(scope: Scope) -> None:
    aws = scope.connection()
    listed = aws.collect("ecs.list_gateways", "gateways", maxResults=limits.PAGE)
    replace(Gateway, scope, [_gateway(aws, each["gatewayArn"]) for each in listed], "gateways")


def express_record(data: dict[str, Any]) -> Record:
    columns = {
        "cluster_name": str(data.get("cluster", "")).rpartition("/")[2],
        "status": data.get("status", {}).get("statusCode", ""),
    }
    return Record(data["serviceArn"], data["serviceName"], data, tag_dict(data.get("tags")), columns)


def gateway_record(data: dict[str, Any], resources: dict[str, Any]) -> Record:
    columns = {"status": data["status"], "resources": resources}
    return Record(data["gatewayArn"], data["name"], data, tag_dict(data.get("tags")), columns)


def _gateway(aws: Aws, arn: str) -> Record:
    described = aws.call("ecs.describe_gateway", gateway=arn).data["gateway"]
    found = aws.call("ecs.describe_gateway_resources", gateway=arn).data.get("gatewayResources", {})
    return gateway_record(described, found.get("resources", {}))
