"""Sweeps of the options of forms. Rows whose API returns no ARN get one in the format of AWS."""

import json
from collections.abc import Callable
from typing import Any

from clusters.models import InstanceProfile, InstanceType, KeyPair, MachineImage, Role, SecurityGroup, Subnet, Vpc
from ecsdash.aws.arns import arn
from ecsdash.aws.calls import Aws
from ecsdash.aws.prices import INSTANCE_TYPES
from ecsdash.inventory.models import Choice
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record, replace, tag_dict
from ecsdash.inventory.sweeps.registry import sweeper

#: The ECS-optimized AMIs that forms offer: SSM parameter -> (label, architecture).
IMAGES = {
    "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended": ("Amazon Linux 2023", "x86_64"),
    "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended": ("Amazon Linux 2023 (arm64)", "arm64"),
    "/aws/service/ecs/optimized-ami/amazon-linux-2/recommended": ("Amazon Linux 2", "x86_64"),
    "/aws/service/ecs/optimized-ami/amazon-linux-2/arm64/recommended": ("Amazon Linux 2 (arm64)", "arm64"),
}

Make = Callable[[Scope, dict[str, Any]], Record]


@sweeper("vpcs", choice=True)
def vpcs(scope: Scope) -> None:
    _replace(Vpc, scope, scope.connection().collect("ec2.describe_vpcs", "Vpcs"), _vpc, "vpcs")


@sweeper("subnets", choice=True)
def subnets(scope: Scope) -> None:
    _replace(Subnet, scope, scope.connection().collect("ec2.describe_subnets", "Subnets"), _subnet, "subnets")


@sweeper("security_groups", choice=True)
def security_groups(scope: Scope) -> None:
    groups = scope.connection().collect("ec2.describe_security_groups", "SecurityGroups")
    _replace(SecurityGroup, scope, groups, _security_group, "security_groups")


@sweeper("key_pairs", choice=True)
def key_pairs(scope: Scope) -> None:
    _replace(KeyPair, scope, scope.connection().collect("ec2.describe_key_pairs", "KeyPairs"), _key_pair, "key_pairs")


@sweeper("roles", choice=True)
def roles(scope: Scope) -> None:
    _replace(Role, _global(scope), scope.connection().collect("iam.list_roles", "Roles"), _role, "roles")


@sweeper("instance_profiles", choice=True)
def instance_profiles(scope: Scope) -> None:
    profiles = scope.connection().collect("iam.list_instance_profiles", "InstanceProfiles")
    _replace(InstanceProfile, _global(scope), profiles, _instance_profile, "instance_profiles")


@sweeper("machine_images", choice=True)
def machine_images(scope: Scope) -> None:
    parameters = scope.connection().call("ssm.get_parameters", Names=list(IMAGES)).data["Parameters"]
    _replace(MachineImage, scope, parameters, _machine_image, "machine_images")


@sweeper("instance_types", choice=True)
def instance_types(scope: Scope) -> None:
    """Store the instance types of the price list that the region offers."""
    _replace(InstanceType, scope, _offered_types(scope.connection()), _instance_type, "instance_types")


def _offered_types(aws: Aws) -> list[dict[str, Any]]:
    filters = [{"Name": "instance-type", "Values": sorted(INSTANCE_TYPES)}]
    types: list[dict[str, Any]] = aws.collect("ec2.describe_instance_types", "InstanceTypes", Filters=filters)
    return types


def _global(scope: Scope) -> Scope:
    """Return the scope of IAM rows: without a region, so that all regions of an account share them."""
    return Scope(scope.account, "")


def _replace(model: type[Choice], scope: Scope, items: list[dict[str, Any]], make: Make, noun: str) -> None:
    replace(model, scope, [make(scope, each) for each in items], noun)


def _record(scope: Scope, kind: str, name: str, data: dict[str, Any], label: str = "", **columns: Any) -> Record:
    row_arn = arn("ec2", scope.region, scope.account.account_id, f"{kind}/{name}")
    return Record(row_arn, name, data, tag_dict(data.get("Tags")), {"label": label, **columns})


def _name_tag(data: dict[str, Any]) -> str:
    return tag_dict(data.get("Tags")).get("Name", "")


def _vpc(scope: Scope, data: dict[str, Any]) -> Record:
    return _record(
        scope, "vpc", data["VpcId"], data, _name_tag(data), cidr=data["CidrBlock"], is_default=data["IsDefault"]
    )


def _subnet(scope: Scope, data: dict[str, Any]) -> Record:
    columns = {
        "vpc_id": data["VpcId"],
        "availability_zone": data["AvailabilityZone"],
        "cidr": data["CidrBlock"],
        "public": data.get("MapPublicIpOnLaunch", False),
    }
    return _record(scope, "subnet", data["SubnetId"], data, _name_tag(data), **columns)


def _security_group(scope: Scope, data: dict[str, Any]) -> Record:
    return _record(scope, "security-group", data["GroupId"], data, data["GroupName"], vpc_id=data.get("VpcId", ""))


def _key_pair(scope: Scope, data: dict[str, Any]) -> Record:
    return _record(scope, "key-pair", data["KeyName"], data)


def _role(scope: Scope, data: dict[str, Any]) -> Record:
    columns = {"trusts": _trusts(data.get("AssumeRolePolicyDocument", {}))}
    return Record(data["Arn"], data["RoleName"], data, tag_dict(data.get("Tags")), columns)


def _trusts(policy: dict[str, Any] | str) -> list[str]:
    """Return the AWS services that the trust policy allows to assume the role."""
    document: dict[str, Any] = json.loads(policy) if isinstance(policy, str) else policy
    statements = document.get("Statement", [])
    trusted: set[str] = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement.get("Effect") == "Allow":
            trusted |= {services} if isinstance(services, str) else set(services)
    return sorted(trusted)


def _instance_profile(scope: Scope, data: dict[str, Any]) -> Record:
    roles = data.get("Roles") or [{}]
    return Record(
        data["Arn"], data["InstanceProfileName"], data, tag_dict(data.get("Tags")),
        {"role_name": roles[0].get("RoleName", "")},
    )  # fmt: skip


def _machine_image(scope: Scope, data: dict[str, Any]) -> Record:
    label, architecture = IMAGES[data["Name"]]
    value = json.loads(data["Value"])
    return _record(
        scope, "parameter", data["Name"], value, label, image_id=value["image_id"], architecture=architecture
    )


def _instance_type(scope: Scope, data: dict[str, Any]) -> Record:
    columns = {
        "vcpus": data["VCpuInfo"]["DefaultVCpus"],
        "memory": data["MemoryInfo"]["SizeInMiB"],
        "architecture": "arm64" if "arm64" in data["ProcessorInfo"]["SupportedArchitectures"] else "x86_64",
    }
    kept = {"NetworkInfo": {"MaximumNetworkInterfaces": data["NetworkInfo"]["MaximumNetworkInterfaces"]}}
    return _record(scope, "instance-type", data["InstanceType"], kept, **columns)
