"""Forms of capacity providers of ECS Managed Instances, and the roles that they need."""

import json
from typing import Any

from clusters.models import CapacityProvider, InstanceProfile, Role
from tests.clusters.world import Desk, World

ROLE, PROFILE = "ecsInfrastructureRole", "ecsInstanceRole"
KEEP = {"strategy": "keep", "strategy_base": 0, "strategy_weight": 1}


def make_infrastructure_role(world: World) -> None:
    """Create the role with which ECS launches instances, and sweep the roles."""
    _role(world, ROLE, "ecs.amazonaws.com")
    world.sweep("roles", "instance_profiles")


def make_roles(world: World) -> None:
    """Create the role of ECS, and the instance profile with its role."""
    _role(world, PROFILE, "ec2.amazonaws.com")
    iam = world.client("iam")
    iam.create_instance_profile(InstanceProfileName=PROFILE)
    iam.add_role_to_instance_profile(InstanceProfileName=PROFILE, RoleName=PROFILE)
    make_infrastructure_role(world)


def fill_roles(desk: Desk) -> None:
    """Create the rows of both."""
    desk.row(Role, ROLE, trusts=["ecs.amazonaws.com"])
    desk.row(Role, PROFILE, trusts=["ec2.amazonaws.com"])
    desk.row(InstanceProfile, PROFILE, role_name=PROFILE)


def new_managed(desk: Desk, name: str = "managed", **template: Any) -> dict[str, Any]:
    """Return the posted form of a new provider. `template`: members of `instanceLaunchTemplate`."""
    launch = desk.launch_data()
    network = {"subnets": launch["subnets"], "securityGroups": launch["security_groups"]}
    profile = InstanceProfile.objects.get(name=PROFILE).arn
    settings = {
        "infrastructureRoleArn": Role.objects.get(name=ROLE).arn,
        "instanceLaunchTemplate": {"ec2InstanceProfileArn": profile, "networkConfiguration": network, **template},
        "propagateTags": "CAPACITY_PROVIDER",
    }
    return {**KEEP, "json": json.dumps({"name": name, "managedInstancesProvider": settings})}


def edited(name: str = "managed", **template: Any) -> dict[str, Any]:
    """Return the posted form that changes members of `instanceLaunchTemplate` of a provider."""
    settings = CapacityProvider.objects.get(name=name).managed_instances
    before = settings["instanceLaunchTemplate"]
    changed = {**settings, "instanceLaunchTemplate": {**before, **template}}
    return {"json": json.dumps({"managedInstancesProvider": changed})}


def _role(world: World, name: str, principal: str) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
