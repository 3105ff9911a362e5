"""Rules of CreateService and UpdateService about placement, roles, Service Connect and VPC Lattice."""

import re

from ecsdash.sandbox.ecs.call import Call
from ecsdash.sandbox.ecs.errors import invalid
from ecsdash.sandbox.ecs.models import Json, TaskDefinition

_PLACEMENT_STRATEGIES = 5
_PLACEMENT_CONSTRAINTS = 10
_FIELDS = {"binpack": ("cpu", "memory"), "spread": ("instanceId", "host")}
_DNS_NAME = re.compile(r"[a-z0-9_.][a-z0-9_.-]{0,126}")
_DISCOVERY_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")


def check_placement(params: Json) -> None:
    """Check the placement constraints and strategies of a service or a task."""
    constraints, strategies = params.get("placementConstraints") or [], params.get("placementStrategy") or []
    if len(strategies) > _PLACEMENT_STRATEGIES:
        raise invalid(f"Maximum number of strategies is {_PLACEMENT_STRATEGIES}.")
    if len(constraints) > _PLACEMENT_CONSTRAINTS:
        raise invalid(f"Maximum number of constraints is {_PLACEMENT_CONSTRAINTS}.")
    for constraint in constraints:
        if constraint.get("type") == "distinctInstance" and constraint.get("expression"):
            raise invalid("distinctInstance expression should not be specified.")
        if constraint.get("type") == "memberOf" and not constraint.get("expression"):
            raise invalid("memberOf expression should be specified.")
    for strategy in strategies:
        kind, field = strategy.get("type"), strategy.get("field", "")
        if kind == "random" and field:
            raise invalid("random field should not be specified.")
        if kind != "random" and field not in _FIELDS.get(kind, ()) and not _spreads(kind, field):
            raise invalid(f"{kind} field '{field}' is invalid.")


def check_role(params: Json, definition: TaskDefinition) -> None:
    if not params.get("role"):
        return
    if not params.get("loadBalancers"):
        raise invalid("IAM roles are only valid for services configured to use load balancers.")
    linked = definition.body.get("networkMode") == "awsvpc" or params.get("serviceRegistries")
    if linked or len(params["loadBalancers"]) > 1:
        raise invalid("You cannot specify an IAM role for services that require a service linked role.")


def check_connect(default_namespace: str, definition: TaskDefinition, connect: Json) -> None:
    if not connect.get("enabled"):
        return
    if not (connect.get("namespace") or default_namespace):
        raise invalid("Namespace is missing")
    ports = named_ports(definition)
    for item in connect.get("services", []):
        aliases = item.get("clientAliases", [])
        if len(aliases) > 1:
            raise invalid(f"{len(aliases)} clientAliases exceeds the max limit of 1.")
        if not aliases:
            raise invalid("clientAliases must have 1 element.")
        if item["portName"] not in ports:
            raise invalid(f"The port name {item['portName']} was not found in the task definition.")
        if not _DISCOVERY_NAME.fullmatch(item.get("discoveryName", item["portName"])):
            raise invalid(
                "The discovery name that you provided is invalid. Up to 64 characters are allowed. The characters can "
                "include lowercase letters, numbers, underscores (_), and hyphens (-). A hyphen can't be the first "
                "character."
            )
        if not _DNS_NAME.fullmatch(aliases[0].get("dnsName", item["portName"])):
            raise invalid(
                "The DNS name that you provided is invalid. The name must be a valid DNS name but doesn't need to be "
                "fully-qualified. Up to 127 characters are allowed. The characters can include lowercase letters, "
                "numbers, underscores (_), hyphens (-), and periods (.). A hyphen can't be the first character."
            )


def check_lattice(call: Call, definition: TaskDefinition, connections: list[Json]) -> None:
    """Check VPC Lattice target groups and gateway connectors: all name a port of the task definition."""
    for connection in connections:
        if connection["portName"] not in named_ports(definition):
            raise invalid(f"The port name {connection['portName']} was not found in the task definition.")
        role, group = connection.get("roleArn"), connection.get("targetGroupArn")
        if role and not call.state.aws.role_exists(call.scope, role):
            raise invalid(f"ECS was unable to assume the role '{role}'.")
        if group and not call.state.aws.lattice_group_exists(call.scope, group):
            raise invalid(f"The VPC Lattice target group {group} does not exist.")


def named_ports(definition: TaskDefinition) -> dict[str, Json]:
    """Return the port mappings of a task definition that have names, by name."""
    mappings = [mapping for each in definition.body["containerDefinitions"] for mapping in each["portMappings"]]
    return {mapping["name"]: mapping for mapping in mappings if mapping.get("name")}


def _spreads(kind: str | None, field: str) -> bool:
    return kind == "spread" and field.startswith("attribute:")
