"""The fields of forms that launch EC2 instances, with their options from the inventory."""

import math
from typing import Any

from django import forms

from clusters.forms.network import check_one_vpc, offer_network, preselected
from clusters.forms.offers import hint_at_hidden, offer, offer_options
from clusters.forms.usual_roles import INSTANCE_ROLE
from clusters.models import Cluster, InstanceProfile, InstanceType, KeyPair, MachineImage, Role, SecurityGroup, Subnet
from ecsdash.aws.prices import currency, instance_basis, instance_hourly
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext, ActionForm
from ecsdash.operations.offers import permitted
from ecsdash.web.formatting import mebibytes

NEW_PROFILE = "new"
SMALLEST_DISK = 30
DEFAULT_IMAGE = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"

WATCHES = (
    "machine_images", "instance_types", "instance_profiles", "roles", "key_pairs", "vpcs", "subnets", "security_groups",
)  # fmt: skip


class LaunchFields(ActionForm):
    """The cleaned values are rows of the inventory: a MachineImage, an InstanceType, Subnets, SecurityGroups.

    `role_exists`: the role that a new instance profile needs exists already.
    """

    image = forms.ChoiceField(
        label="Amazon Machine Image (AMI)", help_text="ECS-optimized: includes the container agent."
    )
    instance_type = forms.ChoiceField(label="Instance type")
    instance_profile = forms.ChoiceField(
        label="EC2 instance role", help_text="The instance profile. The container agent uses its role to call ECS."
    )
    key_pair = forms.ChoiceField(
        label="SSH key pair", required=False, help_text="Only for SSH access to the instances."
    )
    subnets = forms.MultipleChoiceField(label="Subnets", help_text="The instances are spread across the subnets.")
    security_groups = forms.MultipleChoiceField(label="Security groups")
    disk = forms.IntegerField(
        label="Root EBS volume size",
        min_value=SMALLEST_DISK,
        max_value=16384,
        initial=SMALLEST_DISK,
        help_text="Volume type gp3. It stores container images and data.",
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
        """Add errors unless all subnets and groups are in one VPC, and image and type have the same architecture."""
        image, kind = data.get("image"), data.get("instance_type")
        if image and kind and image.architecture != kind.architecture:
            text = (
                f"{kind.name} is {kind.architecture}, but the AMI is {image.architecture}. Choose a type for this AMI."
            )
            self.add_error("instance_type", text)
        check_one_vpc(self, data.get("subnets", []), data.get("security_groups", []))

    def _profile_options(self) -> list[tuple[str, str]]:
        every = list(choices(InstanceProfile, self.context.user, self.context.scope))
        rows = permitted(self.context, every)
        hint_at_hidden(self, "instance_profile", len(every) - len(rows))
        usable = [(row.name, f"{row.name} (role {row.role_name})") for row in rows if row.role_name]
        new = (NEW_PROFILE, f"Create {INSTANCE_ROLE.name} with {INSTANCE_ROLE.policy_name}")
        return usable if any(row.name == INSTANCE_ROLE.name for row in every) else [*usable, new]


def _price(row: InstanceType) -> float:
    """Return the sort key. Types without a known price come last."""
    return instance_hourly(row.region, row.name) or math.inf


def _type_label(row: InstanceType) -> str:
    price = instance_hourly(row.region, row.name)
    shown = f" · {price:.4g} {currency(row.region)}/h" if price else ""
    return f"{row.name} · {row.vcpus} vCPU · {mebibytes(row.memory)} · {row.architecture}{shown}"
