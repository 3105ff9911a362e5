"""The fields of the forms that launch EC2 instances, with their choices from the inventory."""

import math
from typing import Any

from django import forms

from clusters.forms.network import check_one_vpc, offer_network, preselected
from clusters.forms.offers import offer, offer_options
from clusters.forms.usual_roles import INSTANCE_ROLE
from clusters.models import Cluster, InstanceProfile, InstanceType, KeyPair, MachineImage, Role, SecurityGroup, Subnet
from ecsdash.aws.prices import currency, instance_basis, instance_hourly
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext, ActionForm
from ecsdash.web.formatting import mebibytes

NEW_PROFILE = "new"
SMALLEST_DISK = 30
DEFAULT_IMAGE = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"

WATCHES = (
    "machine_images", "instance_types", "instance_profiles", "roles", "key_pairs", "vpcs", "subnets", "security_groups",
)  # fmt: skip


class LaunchFields(ActionForm):
    """Cleaned, a choice is its row of the inventory: a MachineImage, an InstanceType, Subnets, SecurityGroups.

    `role_exists`: the role that a new instance profile needs is there already.
    """

    image = forms.ChoiceField(label="Machine image", help_text="ECS-optimized: the agent is installed.")
    instance_type = forms.ChoiceField(label="Instance type")
    instance_profile = forms.ChoiceField(
        label="IAM role of the instances", help_text="An instance profile. The agent calls ECS with it."
    )
    key_pair = forms.ChoiceField(label="Key pair", required=False, help_text="For SSH. Not needed to run tasks.")
    subnets = forms.MultipleChoiceField(label="Subnets", help_text="Instances are spread across them.")
    security_groups = forms.MultipleChoiceField(label="Security groups")
    disk = forms.IntegerField(
        label="Root volume",
        min_value=SMALLEST_DISK,
        max_value=16384,
        initial=SMALLEST_DISK,
        help_text="gp3. It holds images and containers.",
    )

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        cluster = context.resource.name if isinstance(context.resource, Cluster) else ""
        initial = {"image": DEFAULT_IMAGE, "instance_type": "t3.medium", **preselected(context, cluster)}
        kwargs["initial"] = {**initial, **(kwargs.get("initial") or {})}
        super().__init__(*args, context=context, **kwargs)
        self.images = offer(self, "image", MachineImage, lambda row: row.label or row.name)
        self.types = offer(self, "instance_type", InstanceType, _type_label, order=_price)
        self.known_subnets, self.known_groups = offer_network(self)
        offer(self, "key_pair", KeyPair, lambda row: row.name, first=[("", "No key pair")])
        offer_options(self, "instance_profile", InstanceProfile, self._profile_options())
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
        roles = choices(Role, self.context.user, self.context.scope)
        data["role_exists"] = roles.filter(name=INSTANCE_ROLE.name).exists()
        self.check_launch(data)
        return data

    def check_launch(self, data: dict[str, Any]) -> None:
        """Rules over several fields: one VPC, one architecture."""
        image, kind = data.get("image"), data.get("instance_type")
        if image and kind and image.architecture != kind.architecture:
            text = f"{kind.name} is {kind.architecture}, the image is {image.architecture}. Choose one that fits."
            self.add_error("instance_type", text)
        check_one_vpc(self, data.get("subnets", []), data.get("security_groups", []))

    def _profile_options(self) -> list[tuple[str, str]]:
        rows = choices(InstanceProfile, self.context.user, self.context.scope)
        usable = [(row.name, f"{row.name} (role {row.role_name})") for row in rows if row.role_name]
        new = (NEW_PROFILE, f"Create {INSTANCE_ROLE.name} with {INSTANCE_ROLE.policy_name}")
        return usable if any(name == INSTANCE_ROLE.name for name, _ in usable) else [*usable, new]


def _price(row: InstanceType) -> float:
    """Sort key: types without a known price come last."""
    return instance_hourly(row.region, row.name) or math.inf


def _type_label(row: InstanceType) -> str:
    price = instance_hourly(row.region, row.name)
    shown = f" · {price:.4g} {currency(row.region)}/h" if price else ""
    return f"{row.name} · {row.vcpus} vCPU · {mebibytes(row.memory)} · {row.architecture}{shown}"
