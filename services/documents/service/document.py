"""The document of a service that exists."""

from collections.abc import Mapping
from typing import Any, Final

from ecsdash.aws import shapes
from services.documents.described import service_of

#: Members of CreateService that say where and how the call is made, not what the service is.
OF_THE_CALL: Final = frozenset({"cluster", "clientToken"})
#: Members that DescribeServices does not return.
NOT_DESCRIBED: Final = ("gatewayConnectors", "monitoring")
#: What ECS describes where CreateService names no deployment controller.
DEFAULT_CONTROLLER: Final = {"type": "ECS"}
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
    """Return the document of a service as ECS describes it: `service_of` without its place, AWS's own tags, and
    members that this version of the SDK does not know."""
    own = [{"key": key, "value": value} for key, value in sorted((tags or {}).items()) if _own(key)]
    known = dict(service_of({**description, "tags": own}).content)
    if named := known.get("taskDefinition"):
        known["taskDefinition"] = str(named).rpartition("/")[2]
    if known.get("deploymentController") == DEFAULT_CONTROLLER:
        del known["deploymentController"]
    return {name: known[name] for name in member_names() if known.get(name) not in (None, "", [], {})}


def groups_of(balancer: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the target groups of an entry of `loadBalancers`: the first one, and the one that deployments shift to."""
    second = (balancer.get("advancedConfiguration") or {}).get("alternateTargetGroupArn")
    return tuple(arn for arn in (balancer.get("targetGroupArn"), second) if arn)


def _own(key: str) -> bool:
    """Return whether people may set the tag: those of AWS are reserved."""
    return not key.startswith("aws:")
