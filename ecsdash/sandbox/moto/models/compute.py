"""EC2 instances with a boot time and the instance profile of their launch template; addresses that are used once."""

import re
from copy import copy
from typing import Any

from moto.core.types import Base64EncodedString
from moto.ec2 import urls
from moto.ec2.exceptions import (
    DependencyViolationError,
    EC2ClientError,
    InvalidInstanceTypeError,
    InvalidSecurityGroupNotFoundError,
)
from moto.ec2.models import EC2Backend
from moto.ec2.models.amis import Ami
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES, InstanceTypeBackend
from moto.ec2.models.instances import Instance, Reservation
from moto.ec2.responses._base_response import EC2BaseResponse
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.utils import filter_iam_instance_profiles
from moto.elbv2.models import elbv2_backends
from moto.iam.exceptions import NotFoundException
from moto.ssm.models import ssm_backends

from ecsdash.sandbox.moto.models.network import AddressBackend
from ecsdash.sandbox.moto.models.runtime import runtime
from ecsdash.sandbox.moto.models.vpcs import VpcBackend
from ecsdash.sandbox.moto.user_data import cluster_in

BOOT_SECONDS = 8.0
_SSM_IMAGE = "resolve:ssm:"
_OFFERED = re.compile(r"(t2|t3a?|t4g|m5|m6i|m6g|m7i|m7g|c5|c6i|c6g|c7i|c7g|r5|r6i|r6g|r7g|g5)\.(?!metal)|m1\.small")


def offer_common_types() -> None:
    """Keep only instance types that containers commonly run on: describing all of them takes many seconds."""
    for name in [name for name in INSTANCE_TYPES if not _OFFERED.match(name)]:
        del INSTANCE_TYPES[name]
    kept = [each for each in InstanceTypeBackend.instance_types if each["InstanceType"] in INSTANCE_TYPES]
    InstanceTypeBackend.instance_types = kept
    for regions in INSTANCE_TYPE_OFFERINGS.values():
        for region, offers in regions.items():
            regions[region] = [offer for offer in offers if offer["InstanceType"] in INSTANCE_TYPES]


class NoCapacityError(EC2ClientError):
    code = "InsufficientInstanceCapacity"

    def __init__(self, instance_type: str, zone: str) -> None:
        super().__init__(
            self.code,
            f"We currently do not have sufficient {instance_type} capacity in the Availability Zone you requested "
            f"({zone}). Our system will be working on provisioning additional capacity.",
        )


class SandboxInstance(Instance):
    interrupted_at: float | None = None
    """Time of the interruption notice of a Spot instance."""

    def __init__(
        self, ec2_backend: Any, image_id: str, user_data: Base64EncodedString | None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(ec2_backend, image_id, user_data, *args, **kwargs)
        self.started_at = runtime.now()
        self._state.name, self._state.code = "pending", 0
        self.nics[0].delete_on_termination = True
        if not self.security_groups:
            self.security_groups = list(self.nics[0]._group_set)
        profile = _profile(ec2_backend, kwargs)
        if profile:
            self.iam_instance_profile = {"Arn": profile.arn, "Id": profile.id}

    @property
    def instance_lifecycle(self) -> str | None:
        """`spot`, or nothing for an On-Demand instance."""
        return self.lifecycle

    def __del__(self) -> None:
        """moto releases the addresses here, although another interface may have them by then."""

    def boot(self) -> None:
        """Change pending to running after the boot time."""
        if self.state == "pending" and runtime.now() >= self.started_at + BOOT_SECONDS:
            self._state.name, self._state.code = "running", 16

    def terminate(self) -> Any:
        """Terminate; what is terminated already stays so, as in EC2. moto looks for its interfaces again."""
        return copy(self._state) if self.state == "terminated" else super().terminate()

    def start(self) -> Any:
        previous = super().start()
        self.started_at = runtime.now()
        self._state.name, self._state.code = "pending", 0
        return previous


def known_profile(
    account_id: str, partition: str, iam_instance_profile_arn: str | None, iam_instance_profile_name: str | None
) -> Any:
    """Raise EC2's error for an unknown instance profile; moto raises IAM's."""
    try:
        return filter_iam_instance_profiles(account_id, partition, iam_instance_profile_arn, iam_instance_profile_name)
    except NotFoundException as error:
        member, value = (
            ("name", iam_instance_profile_name) if iam_instance_profile_name else ("arn", iam_instance_profile_arn)
        )
        message = f"Value ({value}) for parameter iamInstanceProfile.{member} is invalid. "
        raise EC2ClientError("InvalidParameterValue", f"{message}Invalid IAM Instance Profile {member}") from error


def _profile(ec2_backend: EC2Backend, launch: dict[str, Any]) -> Any:
    """Return the instance profile that a launch or its launch template names."""
    name, arn = launch.get("iam_instance_profile_name"), launch.get("iam_instance_profile_arn")
    if not (name or arn) and launch.get("launch_template"):
        data = ec2_backend._get_template_from_args(launch["launch_template"]).data
        spec = data.get("IamInstanceProfile") or {}
        name, arn = spec.get("Name"), spec.get("Arn")
    if not (name or arn):
        return None
    return known_profile(ec2_backend.account_id, ec2_backend.partition, arn, name)


class SandboxEC2Backend(VpcBackend, AddressBackend):
    _amis: dict[str, Ami] | None = None

    @property
    def _url_module(self) -> Any:
        return urls

    @property
    def amis(self) -> dict[str, Ami]:
        """Created on first use: each AMI has a volume and a snapshot, and most regions launch nothing."""
        if self._amis is None:
            self._amis = {}
            super()._load_amis()
        return self._amis

    @amis.setter
    def amis(self, amis: dict[str, Ami]) -> None:
        """moto assigns an empty dict and then loads the AMIs."""
        self._amis = None

    def _load_amis(self) -> None:
        """Loaded on first use."""

    def run_instances(
        self, image_id: str, count: int, user_data: Any, security_group_names: list[str], **kwargs: Any
    ) -> Reservation:
        """Apply the launch template, and refuse the launch while a fault takes the capacity away."""
        data = self._template_data(kwargs)
        image_id = self.check_launch(image_id, kwargs)
        self._find_room(user_data or data.get("UserData"), kwargs)
        market = (data.get("InstanceMarketOptions") or {}).get("MarketType")
        kwargs["instance_market_options"] = kwargs.get("instance_market_options") or market
        if not (kwargs.get("subnet_id") or kwargs.get("nics") or data.get("SubnetId")):
            kwargs["subnet_id"] = self._default_subnet(kwargs.get("placement"))
        interfaces = data.get("NetworkInterfaces") or []
        if interfaces and not (kwargs.get("nics") or kwargs.get("security_group_ids") or security_group_names):
            kwargs["security_group_ids"] = list(interfaces[0].get("Groups") or [])
        return super().run_instances(image_id, count, user_data, security_group_names, **kwargs)

    def check_launch(self, image_id: str, kwargs: dict[str, Any]) -> str:
        """Return the image's id; refuse an unknown AMI, type, key pair, network or profile. Complete `kwargs`."""
        data = self._template_data(kwargs)
        image_id = self._image(image_id or data.get("ImageId") or "")
        if kwargs.get("is_instance_type_default") and data.get("InstanceType"):
            kwargs["instance_type"], kwargs["is_instance_type_default"] = data["InstanceType"], False
        if kwargs["instance_type"] not in INSTANCE_TYPES:
            raise InvalidInstanceTypeError(kwargs["instance_type"])
        if key_name := kwargs.get("key_name") or data.get("KeyName"):
            self.describe_key_pairs([key_name])
            kwargs["key_name"] = key_name
        if kwargs.get("subnet_id"):
            self.get_subnet(kwargs["subnet_id"])
        for group_id in kwargs.get("security_group_ids") or []:
            if self.get_security_group_from_id(group_id) is None:
                raise InvalidSecurityGroupNotFoundError(group_id)
        _profile(self, kwargs)
        return image_id

    def _template_data(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        template = kwargs.get("launch_template")
        data: dict[str, Any] = self._get_template_from_args(template).data if template else {}
        return data

    def _find_room(self, user_data: object, kwargs: dict[str, Any]) -> None:
        subnet = self.get_subnet(kwargs["subnet_id"]) if kwargs.get("subnet_id") else None
        zone = subnet.availability_zone if subnet else kwargs.get("placement") or f"{self.region_name}a"
        kind = kwargs["instance_type"]
        if runtime.task_faults.affects("zone-down", zone) or runtime.task_faults.affects(
            "no-capacity", f"instance-type:{kind}", cluster_in(user_data)
        ):
            raise NoCapacityError(kind, zone)

    def _default_subnet(self, zone: object) -> str | None:
        """Return the default subnet of a zone; moto would draw an address that belongs to no subnet."""
        subnets = self.get_default_subnets()
        return next((each.id for name, each in sorted(subnets.items()) if zone in (None, "", name)), None)

    def delete_security_group(self, name: str | None = None, group_id: str | None = None) -> None:
        """Refuse while a network interface or a load balancer uses the group."""
        interfaces = [eni for eni in self.enis.values() if any(g.id == group_id for g in eni.group_set)]
        balancers = elbv2_backends[self.account_id][self.region_name].load_balancers.values()
        if interfaces or any(group_id in (each.security_groups or []) for each in balancers):
            raise DependencyViolationError(f"resource {group_id} has a dependent object")
        super().delete_security_group(name, group_id)

    def _image(self, image_id: str) -> str:
        if image_id.startswith(_SSM_IMAGE):
            parameter = ssm_backends[self.account_id][self.region_name].get_parameter(image_id[len(_SSM_IMAGE) :])
            image_id = parameter.value if parameter else image_id
        self.describe_images(ami_ids=[image_id])
        return image_id


def check_dry_run(self: InstanceResponse) -> None:
    """A dry run of a launch is refused for the same reasons as the launch itself."""
    if self._get_param("DryRun", False) and self._get_action() == "RunInstances":
        launch = {
            "launch_template": self._get_param("LaunchTemplate", {}),
            "instance_type": self._get_param("InstanceType", "m1.small"),
            "is_instance_type_default": not self._get_param("InstanceType"),
            "key_name": self._get_param("KeyName"),
            "subnet_id": self._get_param("SubnetId"),
            "security_group_ids": self._get_param("SecurityGroupIds", []),
        }
        self.ec2_backend.check_launch(self._get_param("ImageId"), launch)
    EC2BaseResponse.error_on_dryrun(self)
