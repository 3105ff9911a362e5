"""Rules between a task definition and its placement, for services and standalone tasks."""

import re

from ecsdash.sandbox.ecs import quotas
from ecsdash.sandbox.ecs.api.service_rules import check_placement
from ecsdash.sandbox.ecs.api.strategy import runs_on_fargate
from ecsdash.sandbox.ecs.call import Call
from ecsdash.sandbox.ecs.errors import EcsError, invalid
from ecsdash.sandbox.ecs.fargate import PLATFORM_VERSIONS
from ecsdash.sandbox.ecs.models import Json, TaskDefinition

_GROUP_ARN = re.compile(r"arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup/.+")


def check_place(call: Call, definition: TaskDefinition, params: Json, launch_type: str, strategy: list[Json]) -> None:
    fargate = runs_on_fargate(launch_type, strategy)
    if fargate and "FARGATE" not in definition.body["compatibilities"]:
        raise invalid("Task definition does not support launch_type FARGATE.")
    requires = definition.body.get("requiresCompatibilities", [])
    kind = _instances_kind(call, launch_type, strategy)
    possible = requires or definition.body["compatibilities"]
    if not fargate and kind not in possible:
        raise invalid(f"Task definition does not support launch_type {kind}.")
    version = params.get("platformVersion")
    if version and not fargate:
        raise invalid("The platform version must be null when specifying an EC2 launch type.")
    if version and version not in PLATFORM_VERSIONS:
        raise EcsError("PlatformUnknownException", f"The specified platform version does not exist: {version}.")
    if fargate and (params.get("placementConstraints") or params.get("placementStrategy")):
        raise invalid("Placement constraints and strategies are not supported with FARGATE launch type.")
    check_placement(params)
    check_network(call, definition, params.get("networkConfiguration", {}), fargate)


def _instances_kind(call: Call, launch_type: str, strategy: list[Json]) -> str:
    """Return the launch type of tasks that do not run on Fargate."""
    providers = [call.state.provider(call.scope, item["capacityProvider"]) for item in strategy]
    managed = any(provider and provider.managed_instances for provider in providers)
    return "MANAGED_INSTANCES" if managed else launch_type or "EC2"


def check_network(call: Call, definition: TaskDefinition, configuration: Json, fargate: bool) -> None:
    network = configuration.get("awsvpcConfiguration")
    if definition.body.get("networkMode") != "awsvpc":
        if network:
            raise invalid("Network Configuration is not valid for the given networkMode of this task definition.")
        return
    if not network:
        raise invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    if network.get("assignPublicIp") == "ENABLED" and not fargate:
        raise invalid("Assign public IP is not supported for this launch type.")
    _check_subnets(call, network["subnets"])
    groups = network.get("securityGroups", [])
    if len(groups) > 5:
        raise invalid("securityGroups can have at most 5 items.")
    for group in groups:
        if not call.state.aws.security_group_exists(call.scope, group):
            raise invalid(
                f"Error retrieving security group information for [{group}]: The security group '{group}' does not "
                "exist (ErrorCode: InvalidGroup.NotFound)."
            )


def check_balancers(call: Call, definition: TaskDefinition, balancers: list[Json]) -> None:
    quotas.check_balancers(len(balancers))
    for balancer in balancers:
        group_arn = balancer.get("targetGroupArn")
        if not group_arn:
            raise invalid("Load balancers of the classic kind are not supported. Specify a targetGroupArn.")
        if not _GROUP_ARN.fullmatch(group_arn):
            raise invalid("Unable to parse target group ARN: invalid ARN.")
        group = call.state.aws.target_group(call.scope, group_arn)
        if group is None:
            raise invalid(f"The target group {group_arn} does not exist.")
        if not group.attached:
            raise invalid(
                f"The target group with targetGroupArn {group_arn} does not have an associated load balancer."
            )
        mode = definition.body.get("networkMode", "bridge")
        if group.target_type != ("ip" if mode == "awsvpc" else "instance"):
            raise invalid(
                f"The provided target group {group_arn} has target type {group.target_type}, which is incompatible "
                f"with the {mode} network mode specified in the task definition."
            )
        check_port(definition, balancer.get("containerName", ""), balancer.get("containerPort", 0))


def check_port(definition: TaskDefinition, container_name: str, port: int) -> None:
    containers = {container["name"]: container for container in definition.body["containerDefinitions"]}
    container = containers.get(container_name)
    if container is None:
        raise invalid(f"The container {container_name} does not exist in the task definition.")
    if all(mapping.get("containerPort") != port for mapping in container["portMappings"]):
        raise invalid(f"The container {container_name} did not have a container port {port} defined.")


def _check_subnets(call: Call, subnets: list[str]) -> None:
    if not 1 <= len(subnets) <= 16:
        raise invalid("subnets must have between 1 and 16 items.")
    vpcs = set()
    for subnet_id in subnets:
        subnet = call.state.aws.subnet(call.scope, subnet_id)
        if subnet is None:
            raise invalid(
                f"Error retrieving subnet information for [{subnet_id}]: The subnet ID '{subnet_id}' does not exist "
                "(ErrorCode: InvalidSubnetID.NotFound)."
            )
        vpcs.add(subnet.vpc_id)
    if len(vpcs) > 1:
        raise invalid("All subnets must be in the same VPC.")
