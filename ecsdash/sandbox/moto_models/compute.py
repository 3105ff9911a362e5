"""Instances that take a while to boot, carry their template's instance profile, and are spread over subnets."""

import re
from collections import Counter
from typing import Any

from moto.autoscaling.models import ASG_NAME_TAG, FakeAutoScalingGroup, InstanceState
from moto.core.types import Base64EncodedString
from moto.ec2 import urls
from moto.ec2.exceptions import InvalidInstanceTypeError
from moto.ec2.models import EC2Backend
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES, InstanceTypeBackend
from moto.ec2.models.instances import Instance, Reservation
from moto.ec2.utils import filter_iam_instance_profiles
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

    def _image(self, image_id: str) -> str:
        if image_id.startswith(_SSM_IMAGE):
            parameter = ssm_backends[self.account_id][self.region_name].get_parameter(image_id[len(_SSM_IMAGE) :])
            image_id = parameter.value if parameter else image_id
        self.describe_images(ami_ids=[image_id])
        return image_id


class SandboxAutoScalingGroup(FakeAutoScalingGroup):
    def replace_autoscaling_group_instances(self, count_needed: int, propagated_tags: dict[str, str]) -> None:
        """Each new instance goes to the subnet with the fewest; moto puts all of them into the first."""
        tags = {**propagated_tags, **self.instance_tags, ASG_NAME_TAG: self.name}
        for _ in range(count_needed):
            reservation = self._run_one(tags)
            for instance in reservation.instances:
                instance.autoscaling_group = self  # type: ignore[attr-defined]
                protected = self.new_instances_protected_from_scale_in
                self.instance_states.append(InstanceState(instance, protected_from_scale_in=protected))

    def _run_one(self, tags: dict[str, str]) -> Reservation:
        return self.autoscaling_backend.ec2_backend.run_instances(
            self.image_id,
            1,
            self.user_data,
            self.security_groups,
            instance_type=self.instance_type,
            tags={"instance": tags},
            placement=self.availability_zones[len(self.instance_states) % len(self.availability_zones)],
            region_name=self.autoscaling_backend.region_name,
            launch_config=self.launch_config,
            launch_template=self._template(),
            is_instance_type_default=False,
            associate_public_ip=self.launch_config.associate_public_ip_address if self.launch_config else None,
            iam_instance_profile_name=self.launch_config.iam_instance_profile if self.launch_config else None,
            subnet_id=self._emptiest_subnet(),
        )

    def _template(self) -> dict[str, str] | None:
        template = self.ec2_launch_template
        return {"LaunchTemplateId": template.id, "Version": str(self.launch_template_version)} if template else None

    def _emptiest_subnet(self) -> str | None:
        subnets = [subnet for subnet in (self.vpc_zone_identifier or "").split(",") if subnet]
        used = Counter(state.instance.subnet_id for state in self.instance_states)
        return min(subnets, key=lambda subnet: used[subnet], default=None)
