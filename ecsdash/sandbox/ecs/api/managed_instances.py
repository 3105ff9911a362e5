"""Capacity providers of ECS Managed Instances: their rules. Each belongs to one cluster."""

import re

from ecsdash.sandbox.ecs.call import Call
from ecsdash.sandbox.ecs.errors import client_error, invalid
from ecsdash.sandbox.ecs.models import Json

_PROFILE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:instance-profile/.+")
_ACCELERATOR = ("acceleratorCount", "acceleratorTotalMemoryMiB")
_TYPES = ("allowedInstanceTypes", "excludedInstanceTypes")
_LONGEST_IDLE = 3600


def settings(call: Call, current: Json, changes: Json) -> Json:
    """Return the `managedInstancesProvider` with the changes; raise EcsError if ECS refuses it."""
    template = current.get("instanceLaunchTemplate", {}) | changes.get("instanceLaunchTemplate", {})
    merged = {"propagateTags": "NONE"} | current | changes | {"instanceLaunchTemplate": template}
    if not call.state.aws.role_exists(call.scope, merged["infrastructureRoleArn"]):
        raise client_error(
            f"ECS was unable to assume the role '{merged['infrastructureRoleArn']}' that was provided as the "
            "infrastructure role. Specify a valid role and try again."
        )
    if not _PROFILE.fullmatch(template["ec2InstanceProfileArn"]):
        raise client_error("The specified EC2 instance profile ARN is invalid. Specify a valid ARN and try again.")
    _check_network(call, template["networkConfiguration"])
    _check_requirements(template.get("instanceRequirements", {}))
    idle = merged.get("infrastructureOptimization", {}).get("scaleInAfter", 0)
    if not -1 <= idle <= _LONGEST_IDLE:
        raise client_error(f"scaleInAfter must be between -1 and {_LONGEST_IDLE}.")
    return merged


def _check_network(call: Call, network: Json) -> None:
    if not network.get("subnets"):
        raise client_error("The network configuration of the instance launch template requires at least one subnet.")
    for subnet in network["subnets"]:
        if call.state.aws.subnet(call.scope, subnet) is None:
            raise invalid(f"The subnet ID '{subnet}' does not exist (ErrorCode: InvalidSubnetID.NotFound).")
    for group in network.get("securityGroups", []):
        if not call.state.aws.security_group_exists(call.scope, group):
            raise invalid(f"The security group '{group}' does not exist (ErrorCode: InvalidGroup.NotFound).")


def _check_requirements(requirements: Json) -> None:
    if all(requirements.get(member) for member in _TYPES):
        raise client_error("Specify either allowedInstanceTypes or excludedInstanceTypes, not both.")
    for member, limits in requirements.items():
        if isinstance(limits, dict) and limits.get("max") is not None and limits["max"] < limits.get("min", 0):
            raise client_error(f"The maximum of {member} must be greater than or equal to its minimum.")
    if any(requirements.get(member) for member in _ACCELERATOR) and not requirements.get("acceleratorTypes"):
        raise client_error("acceleratorTypes is required with other requirements about accelerators.")
