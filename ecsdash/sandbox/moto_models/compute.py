"""Instances that take a while to boot, carry their template's instance profile, and are spread over subnets."""

import re
from typing import Any

from moto.core.types import Base64EncodedString
from moto.ec2 import urls
from moto.ec2.exceptions import DependencyViolationError, InvalidInstanceTypeError
from moto.ec2.models import EC2Backend
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES, InstanceTypeBackend
from moto.ec2.models.instances import Instance, Reservation
from moto.ec2.utils import filter_iam_instance_profiles
from moto.elbv2.models import elbv2_backends
from moto.ssm.models import ssm_backends

from ecsdash.sandbox.moto_models.present import present

BOOT_SECONDS = 8.0
_SSM_IMAGE = "resolve:ssm:"
_OFFERED = re.compile(r"(t2|t3a?|t4g|m5|m6i|m6g|m7i|m7g|c5|c6i|c6g|c7i|c7g|r5|r6i|r6g|r7g|g5)\.(?!metal)|m1\.small")


def offer_common_types() -> None:
    """Of the instance types those that containers commonly run on: describing all of them takes many seconds."""
    for name in [name for name in INSTANCE_TYPES if not _OFFERED.match(name)]:
        del INSTANCE_TYPES[name]
    kept = [each for each in InstanceTypeBackend.instance_types if each["InstanceType"] in INSTANCE_TYPES]
    InstanceTypeBackend.instance_types = kept
    for regions in INSTANCE_TYPE_OFFERINGS.values():
        for region, offers in regions.items():
            regions[region] = [offer for offer in offers if offer["InstanceType"] in INSTANCE_TYPES]


class SandboxInstance(Instance):
    def __init__(
        self, ec2_backend: Any, image_id: str, user_data: Base64EncodedString | None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(ec2_backend, image_id, user_data, *args, **kwargs)
        self.started_at = present.now()
        self._state.name, self._state.code = "pending", 0
        self.nics[0].delete_on_termination = True
        if not self.security_groups:
            self.security_groups = list(self.nics[0]._group_set)
        profile = _profile(ec2_backend, kwargs)
        if profile:
            self.iam_instance_profile = {"Arn": profile.arn, "Id": profile.id}

    def boot(self) -> None:
        """Pending becomes running once the boot time is over."""
        if self.state == "pending" and present.now() >= self.started_at + BOOT_SECONDS:
            self._state.name, self._state.code = "running", 16

    def start(self) -> Any:
        previous = super().start()
        self.started_at = present.now()
        self._state.name, self._state.code = "pending", 0
        return previous


def _profile(ec2_backend: EC2Backend, launch: dict[str, Any]) -> Any:
    """The instance profile that a launch names, itself or by its launch template."""
    name, arn = launch.get("iam_instance_profile_name"), launch.get("iam_instance_profile_arn")
    if not (name or arn) and launch.get("launch_template"):
        data = ec2_backend._get_template_from_args(launch["launch_template"]).data
        spec = data.get("IamInstanceProfile") or {}
        name, arn = spec.get("Name"), spec.get("Arn")
    if not (name or arn):
        return None
    return filter_iam_instance_profiles(ec2_backend.account_id, ec2_backend.partition, arn, name)


class SandboxEC2Backend(EC2Backend):
    @property
    def _url_module(self) -> Any:
        return urls

    def run_instances(
        self, image_id: str, count: int, user_data: Any, security_group_names: list[str], **kwargs: Any
    ) -> Reservation:
        """Refuses an unknown image, key pair and instance type, as EC2 does and moto does not by default."""
        template = kwargs.get("launch_template")
        data = self._get_template_from_args(template).data if template else {}
        image_id = self._image(image_id or data.get("ImageId") or "")
        if kwargs.get("is_instance_type_default") and data.get("InstanceType"):
            kwargs["instance_type"], kwargs["is_instance_type_default"] = data["InstanceType"], False
        if kwargs["instance_type"] not in INSTANCE_TYPES:
            raise InvalidInstanceTypeError(kwargs["instance_type"])
        if key_name := kwargs.get("key_name") or data.get("KeyName"):
            self.describe_key_pairs([key_name])
            kwargs["key_name"] = key_name
        interfaces = data.get("NetworkInterfaces") or []
        if interfaces and not (kwargs.get("nics") or kwargs.get("security_group_ids") or security_group_names):
            kwargs["security_group_ids"] = list(interfaces[0].get("Groups") or [])
        _profile(self, kwargs)
        return super().run_instances(image_id, count, user_data, security_group_names, **kwargs)

    def delete_security_group(self, name: str | None = None, group_id: str | None = None) -> None:
        """Refused while a network interface or a load balancer uses the group."""
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
