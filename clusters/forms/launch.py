"""The fields of whatever launches EC2 instances, with their choices from the inventory."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from django import forms

from clusters.models import InstanceProfile, InstanceType, KeyPair, MachineImage, SecurityGroup, Subnet
from ecsdash.aws.prices import currency, instance_basis, instance_hourly
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionForm
from ecsdash.web.formatting import mebibytes

NEW_PROFILE = "new"
INSTANCE_ROLE = "ecsInstanceRole"
SMALLEST_DISK = 30
DEFAULT_IMAGE = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"
NOT_THERE = {"invalid_choice": "%(value)s is not there (any more). Choose from the list."}

WATCHES = (
    "machine_images", "instance_types", "instance_profiles", "roles", "key_pairs", "subnets", "security_groups",
)  # fmt: skip


class LaunchFields(ActionForm):
    """Cleaned, a choice is its row of the inventory: a MachineImage, an InstanceType, Subnets, SecurityGroups."""

    image = forms.ChoiceField(
        label="Machine image", help_text="ECS-optimised: the agent is on it already.", error_messages=NOT_THERE
    )
    instance_type = forms.ChoiceField(label="Instance type", error_messages=NOT_THERE)
    instance_profile = forms.ChoiceField(
        label="IAM role of the instances", help_text="The agent uses it to talk to ECS: an instance profile."
    )
    key_pair = forms.ChoiceField(label="Key pair", required=False, help_text="For SSH. Not needed to run tasks.")
    subnets = forms.MultipleChoiceField(
        label="Subnets", help_text="Instances are spread over them.", error_messages=NOT_THERE
    )
    security_groups = forms.MultipleChoiceField(label="Security groups", error_messages=NOT_THERE)
    disk = forms.IntegerField(
        label="Root volume",
        min_value=SMALLEST_DISK,
        max_value=16384,
        initial=SMALLEST_DISK,
        help_text="In GiB, gp3. Images and containers live on it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.images = {row.name: row for row in self._rows(MachineImage)}
        self.types = {row.name: row for row in self._rows(InstanceType)}
        self.known_subnets = {row.name: row for row in self._rows(Subnet)}
        self.known_groups = {row.name: row for row in self._rows(SecurityGroup)}
        self._choose("image", ((row.name, row.label or row.name) for row in self.images.values()))
        by_price = sorted(self.types.values(), key=_price)
        self._choose("instance_type", ((row.name, _type_label(row)) for row in by_price))
        self._choose("instance_profile", self._profile_choices())
        pairs = ((row.name, row.name) for row in self._rows(KeyPair))
        self._choose("key_pair", [("", "No key pair"), *pairs])
        self._choose("subnets", self._with_vpc(self.known_subnets, _subnet_label))
        self._choose("security_groups", self._with_vpc(self.known_groups, lambda row: row.title))
        self.fields["image"].initial = DEFAULT_IMAGE
        self.fields["instance_type"].initial = "t3.medium"
        self.fields["instance_type"].help_text = instance_basis(self.context.scope.region)

    def clean_image(self) -> MachineImage | None:
        return self.images.get(self.cleaned_data["image"])

    def clean_instance_type(self) -> InstanceType | None:
        return self.types.get(self.cleaned_data["instance_type"])

    def clean_subnets(self) -> list[Subnet]:
        return [self.known_subnets[name] for name in self.cleaned_data["subnets"]]

    def clean_security_groups(self) -> list[SecurityGroup]:
        return [self.known_groups[name] for name in self.cleaned_data["security_groups"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_launch(data)
        return data

    def check_launch(self, data: dict[str, Any]) -> None:
        """What only several fields together tell: one VPC, one architecture."""
        image, kind = data.get("image"), data.get("instance_type")
        if image and kind and image.architecture != kind.architecture:
            text = f"{kind.name} is {kind.architecture}, the image is {image.architecture}. Choose one that fits."
            self.add_error("instance_type", text)
        networks = {subnet.vpc_id for subnet in data.get("subnets", [])}
        if len(networks) > 1:
            self.add_error("subnets", "The subnets lie in different VPCs. Choose those of one VPC.")
        strangers = [group.title for group in data.get("security_groups", []) if group.vpc_id not in networks]
        if len(networks) == 1 and strangers:
            text = f"{', '.join(strangers)} belong to another VPC than the subnets. Choose groups of the same VPC."
            self.add_error("security_groups", text)

    def _profile_choices(self) -> list[tuple[str, str]]:
        usable = [
            (row.name, f"{row.name} (role {row.role_name})") for row in self._rows(InstanceProfile) if row.role_name
        ]
        new = (NEW_PROFILE, f"Create {INSTANCE_ROLE} with the policy that ECS needs")
        return usable if any(name == INSTANCE_ROLE for name, _ in usable) else [*usable, new]

    def _with_vpc(self, rows: Mapping[str, Any], words: Callable[[Any], str]) -> list[tuple[str, str]]:
        """The VPC is named only where there are several."""
        several = len({row.vpc_id for row in rows.values()}) > 1
        return [(row.name, f"{words(row)} · {row.vpc_id}" if several else words(row)) for row in rows.values()]

    def _rows(self, model: Any) -> Any:
        return choices(model, self.context.user, self.context.scope)

    def _choose(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = list(choices)


def _price(row: InstanceType) -> float:
    """Sort key: types without a known price come last."""
    return instance_hourly(row.region, row.name) or math.inf


def _type_label(row: InstanceType) -> str:
    price = instance_hourly(row.region, row.name)
    shown = f" · {price:.4g} {currency(row.region)}/h" if price else ""
    return f"{row.name} · {row.vcpus} vCPU · {mebibytes(row.memory)} · {row.architecture}{shown}"


def _subnet_label(row: Subnet) -> str:
    kind = "public" if row.public else "private"
    return f"{row.title} · {row.availability_zone} · {row.cidr} · {kind}"
