"""What a launch of EC2 instances into a cluster consists of: the instances, their role, the checks."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clusters.forms.launch import NEW_PROFILE
from clusters.forms.usual_roles import INSTANCE_ROLE
from clusters.models import InstanceType, MachineImage, SecurityGroup, Subnet
from clusters.planning.roles import NOT_KNOWN_SECONDS, role_steps
from ecsdash.operations.plan import Change, Check, Level, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG

CLUSTER_TAG = "ecsdash:cluster"
#: EC2 refuses a profile that IAM created moments ago; the call is retried for two minutes.
NOT_KNOWN_YET = ("InvalidParameterValue", "ValidationError")


@dataclass(frozen=True)
class Launch:
    """One kind of instance of a cluster, as RunInstances and launch templates take it. `disk` in GiB.

    `makes_profile`: `profile` is created first, and with it the role, unless `role_exists`.
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
        """From the cleaned data of a form with LaunchFields."""
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
        """What RunInstances and a launch template's data have in common."""
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
        """LaunchTemplateData: its user data is base64 already, which for RunInstances boto3 sees to."""
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
        """Parameters by which EC2 says whether it would launch one instance, and launches none."""
        network = {"SubnetId": self.subnets[0].name, "UserData": self.user_data}
        return {**self.instance(), **network, "MinCount": 1, "MaxCount": 1, "DryRun": True}

    def tags(self) -> list[dict[str, Any]]:
        return [{"Key": "Name", "Value": f"ECS {self.cluster}"}, {"Key": CLUSTER_TAG, "Value": self.cluster}]


def profile_steps(launch: Launch) -> tuple[Step, ...]:
    """Role, policy, instance profile of a launch that makes them; what of the profile is there already is kept."""
    if not launch.makes_profile:
        return ()
    name, there = launch.profile, ("EntityAlreadyExists",)
    return (
        *role_steps(INSTANCE_ROLE, launch.instance_type.region, exists=launch.role_exists),
        Step(
            "create_profile", f"Create the instance profile {name}", "iam.create_instance_profile",
            {"InstanceProfileName": name}, tolerate=there,
        ),
        Step(
            "add_role", f"Add the role {name} to the instance profile", "iam.add_role_to_instance_profile",
            {"InstanceProfileName": name, "RoleName": name}, tolerate=("LimitExceeded", *there),
            until="instance_profile_ready", until_params={"profile": name}, timeout=NOT_KNOWN_SECONDS,
        ),
    )  # fmt: skip


def launch_changes(launch: Launch) -> tuple[Change, ...]:
    """What is launched, as the review shows it."""
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
    """What the inventory says about the chosen network and role."""
    checks = [_route_check(launch), _role_check(launch)]
    zones = {subnet.availability_zone for subnet in launch.subnets}
    if len(zones) == 1:
        title, detail = f"All subnets lie in {zones.pop()}", "If that zone fails, so do all instances."
        checks.append(Check(Level.WARN, title, detail, "Choose subnets in two or three zones."))
    return tuple(checks)


def _role_check(launch: Launch) -> Check:
    if not launch.makes_profile:
        return Check(Level.OK, f"The instances get their role from the instance profile {launch.profile}")
    if launch.role_exists:
        title = f"The instance profile {launch.profile} will be created for the role of that name, which exists"
        return Check(Level.OK, title, f"{INSTANCE_ROLE.policy_name} is attached to it.")
    title = f"The role {launch.profile} will be created with {INSTANCE_ROLE.policy_name}"
    return Check(Level.OK, title, "It stays in the account: later launches use it too.")


def _route_check(launch: Launch) -> Check:
    private = [subnet.title for subnet in launch.subnets if not subnet.public]
    if not private:
        return Check(Level.OK, "The subnets give instances a public address, so their agent reaches ECS")
    return Check(
        Level.WARN,
        f"{len(private)} of the subnets give no public address",
        "The agent must reach ECS, or the instances never register.",
        f"Make sure that these have a NAT gateway or VPC endpoints for ECS: {', '.join(private)}",
    )
