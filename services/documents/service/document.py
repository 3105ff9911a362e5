"""The document of a service that exists."""

from collections.abc import Mapping
from typing import Any, Final

from ecsdash.aws import shapes
from services.documents.described import IN_DEPLOYMENT

#: Members of CreateService that say where and how the call is made, not what the service is.
OF_THE_CALL: Final = frozenset({"cluster", "clientToken"})
#: Members that DescribeServices does not return.
NOT_DESCRIBED: Final = ("gatewayConnectors", "monitoring")
#: What ECS describes where CreateService names no deployment controller.
DEFAULT_CONTROLLER: Final = {"type": "ECS"}
#: The path in the ARN of the role that ECS makes for itself. CreateService does not take it.
OF_ECS: Final = ":role/aws-service-role/"
#: Members whose names are not their words with spaces.
PLAIN_NAMES: Final[Mapping[str, str]] = {
    "desiredCount": "desired tasks",
    "availabilityZoneRebalancing": "Availability Zone rebalancing",
    "healthCheckGracePeriodSeconds": "health check grace period",
    "enableExecuteCommand": "ECS Exec",
    "enableECSManagedTags": "ECS managed tags",
    "serviceRegistries": "service discovery",
    "serviceConnectConfiguration": "Service Connect",
    "vpcLatticeConfigurations": "VPC Lattice",
    "volumeConfigurations": "EBS volumes",
    "networkConfiguration": "networking",
}


def member_names() -> tuple[str, ...]:
    """Return the members of a document, in the order of the API documentation."""
    return tuple(name for name in shapes.members("ecs.create_service") if name not in OF_THE_CALL)


def document_of(description: Mapping[str, Any], tags: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the document of a service as ECS describes it. Members that only ECS sets are dropped, and empty ones."""
    primary = _primary(description)
    known = {**description, **{name: primary.get(name) for name in IN_DEPLOYMENT}}
    if named := known.get("taskDefinition"):
        known["taskDefinition"] = str(named).rpartition("/")[2]
    role = str(description.get("roleArn") or "")
    known["role"] = "" if OF_ECS in role else role
    known["tags"] = [{"key": key, "value": value} for key, value in sorted((tags or {}).items()) if _own(key)]
    if known.get("schedulingStrategy") == "DAEMON":
        known["desiredCount"] = None
    if known.get("deploymentController") == DEFAULT_CONTROLLER:
        known["deploymentController"] = None
    return {name: known[name] for name in member_names() if known.get(name) not in (None, "", [], {})}


def groups_of(balancer: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the target groups of an entry of `loadBalancers`: the first one, and the one that deployments shift to."""
    second = (balancer.get("advancedConfiguration") or {}).get("alternateTargetGroupArn")
    return tuple(arn for arn in (balancer.get("targetGroupArn"), second) if arn)


def _own(key: str) -> bool:
    """Return whether people may set the tag: those of AWS are reserved."""
    return not key.startswith("aws:")


def _primary(description: Mapping[str, Any]) -> Mapping[str, Any]:
    found: list[Mapping[str, Any]] = description.get("deployments") or []
    return next((each for each in found if each.get("status") == "PRIMARY"), {})
