"""Launches of EC2 instances in a cluster: their parameters, role and checks."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clusters.forms.launch import NEW_PROFILE
from clusters.forms.usual_roles import INSTANCE_ROLE
from clusters.models import InstanceType, MachineImage, SecurityGroup, Subnet
from clusters.planning.roles import NOT_KNOWN_SECONDS, role_steps
from ecsdash.aws.names import ROLE_PATH
from ecsdash.operations.plan import Change, Check, Level, Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG

CLUSTER_TAG = "ecsdash:cluster"
#: The error codes of EC2 for an instance profile that IAM created a few seconds ago. The call is retried.
NOT_KNOWN_YET = ("InvalidParameterValue", "ValidationError")


@dataclass(frozen=True)
class Launch:
    """The configuration of the instances, for RunInstances and for launch templates. `disk` in GiB.

    `makes_profile`: `profile` is created first, and its role too unless `role_exists`.
    """

    cluster: str
    image: MachineImage
    instance_type: InstanceType
    profile: str
    makes_profile: bool
    role_exists: bool
    key_pair: str
    subnets: tuple[Subnet, ...]
    security_groups: tuple[SecurityGroup, ...]
    disk: int

    @classmethod
    def of(cls, cluster: str, data: Mapping[str, Any]) -> "Launch":
        """Return the launch that a form with LaunchFields describes; `data` is its cleaned data."""
        makes_profile = data["instance_profile"] == NEW_PROFILE
        return cls(
            cluster=cluster,
            image=data["image"],
            instance_type=data["instance_type"],
            profile=INSTANCE_ROLE.name if makes_profile else data["instance_profile"],
            makes_profile=makes_profile,
            role_exists=data["role_exists"],
            key_pair=data["key_pair"],
            subnets=tuple(data["subnets"]),
            security_groups=tuple(data["security_groups"]),
            disk=data["disk"],
        )

    @property
    def user_data(self) -> str:
        return f"#!/bin/bash\necho ECS_CLUSTER={self.cluster} >> /etc/ecs/ecs.config\n"

    def instance(self) -> dict[str, Any]:
        """Return the parameters that RunInstances and launch templates share."""
        return {
            "ImageId": self.image.image_id,
            "InstanceType": self.instance_type.name,
            "IamInstanceProfile": {"Name": self.profile},
            "SecurityGroupIds": [group.name for group in self.security_groups],
            **({"KeyName": self.key_pair} if self.key_pair else {}),
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": self.disk, "VolumeType": "gp3"}}],
            "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        }

    def template(self) -> dict[str, Any]:
        """Return LaunchTemplateData. Its user data is base64; for RunInstances, boto3 encodes it."""
        tags = [{"ResourceType": "instance", "Tags": self.tags()}]
        encoded = base64.b64encode(self.user_data.encode()).decode()
        return {**self.instance(), "UserData": encoded, "TagSpecifications": tags}

    def run(self, subnet: str, count: int) -> dict[str, Any]:
        tags = [*self.tags(), {"Key": STEP_TAG, "Value": STEP_ID}]
        return {
            **self.instance(),
            "UserData": self.user_data,
            "SubnetId": subnet,
            "MinCount": count,
            "MaxCount": count,
            "TagSpecifications": [{"ResourceType": "instance", "Tags": tags}],
        }

    def dry_run(self) -> dict[str, Any]:
        """Return parameters of RunInstances for a dry run: EC2 checks the launch and launches nothing."""
        network = {"SubnetId": self.subnets[0].name, "UserData": self.user_data}
        return {**self.instance(), **network, "MinCount": 1, "MaxCount": 1, "DryRun": True}

    def tags(self) -> list[dict[str, Any]]:
        return [{"Key": "Name", "Value": f"ECS {self.cluster}"}, {"Key": CLUSTER_TAG, "Value": self.cluster}]


def profile_steps(launch: Launch) -> tuple[Step, ...]:
    """Return the steps that create the role and the instance profile. An existing profile is used as it is."""
    if not launch.makes_profile:
        return ()
    name, kind, exists = launch.profile, launch.instance_type, ("EntityAlreadyExists",)
    return (
        *role_steps(INSTANCE_ROLE, kind.account, kind.region, exists=launch.role_exists),
        Step(
            "create_profile", f"Create the instance profile {name}", "iam.create_instance_profile",
            {"InstanceProfileName": name, "Path": ROLE_PATH, "Tags": [{"Key": STEP_TAG, "Value": STEP_ID}]},
            repeat=Repeat.LOOKUP, lookup="instance_profile_of_step", tolerate=exists,
        ),
        Step(
            "add_role", f"Add the role {name} to the instance profile", "iam.add_role_to_instance_profile",
            {"InstanceProfileName": name, "RoleName": name}, tolerate=("LimitExceeded", *exists),
            until="instance_profile_ready", until_params={"profile": name}, timeout=NOT_KNOWN_SECONDS,
        ),
    )  # fmt: skip


def launch_changes(launch: Launch) -> tuple[Change, ...]:
    """Return the configuration as changes of a plan."""
    return (
        Change("instance type", None, launch.instance_type.name),
        Change("machine image", None, f"{launch.image.label} ({launch.image.image_id})"),
        Change("instance profile", None, f"{launch.profile}{' (new)' if launch.makes_profile else ''}"),
        *((Change("key pair", None, launch.key_pair),) if launch.key_pair else ()),
        Change("subnets", None, ", ".join(subnet.title for subnet in launch.subnets)),
        Change("security groups", None, ", ".join(group.title for group in launch.security_groups)),
        Change("root volume", None, f"{launch.disk} GiB gp3"),
    )


def launch_checks(launch: Launch) -> tuple[Check, ...]:
    """Return the checks of the selected network and role, from the inventory."""
    checks = [_route_check(launch), _role_check(launch)]
    zones = {subnet.availability_zone for subnet in launch.subnets}
    if len(zones) == 1:
        title, detail = (
            f"All subnets are in {zones.pop()}",
            "An outage of this Availability Zone affects all instances.",
        )
        checks.append(Check(Level.WARN, title, detail, "Select subnets in two or more Availability Zones."))
    return tuple(checks)


def _role_check(launch: Launch) -> Check:
    if not launch.makes_profile:
        return Check(Level.OK, f"The instances use the instance profile {launch.profile}")
    if launch.role_exists:
        title = f"The instance profile {launch.profile} is created for the existing role {launch.profile}"
        return Check(Level.OK, title, f"The policy {INSTANCE_ROLE.policy_name} is attached to the role.")
    title = f"The role {launch.profile} is created with the policy {INSTANCE_ROLE.policy_name}"
    return Check(Level.OK, title, "It is kept in the account. Later launches use it too.")


def _route_check(launch: Launch) -> Check:
    private = [subnet.title for subnet in launch.subnets if not subnet.public]
    if not private:
        return Check(Level.OK, "The subnets assign public IP addresses, so the container agent can reach ECS")
    return Check(
        Level.WARN,
        f"{len(private)} of {len(launch.subnets)} subnets do not assign public IP addresses",
        "The container agent must reach ECS to register the instance.",
        f"Verify that these subnets have a NAT gateway or VPC endpoints for ECS: {', '.join(private)}",
    )
