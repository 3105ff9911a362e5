"""The form that creates a capacity provider of a cluster, with an existing or a new Auto Scaling group."""

from collections.abc import Collection
from typing import Any, Final

from django import forms
from django.core.validators import RegexValidator

from clusters.documents.managed_instances import PROVIDER_NAME
from clusters.forms.default_strategy import DefaultStrategyFields
from clusters.forms.launch import LaunchFields
from clusters.forms.offers import offer, offer_options
from clusters.forms.provider_settings import ProviderSettingsFields
from clusters.models import AutoScalingGroup, CapacityProvider, InstanceType
from clusters.selectors.capacity import FARGATE
from clusters.selectors.capacity_providers import auto_scaling_groups
from ecsdash.operations.offers import permitted

NAME = RegexValidator(
    PROVIDER_NAME,
    "Use up to 255 letters, digits, - and _. It must not begin with aws, ecs or fargate.",
)
EXISTING, NEW = "existing", "new"
GROUPS: Final = {
    EXISTING: "Existing Auto Scaling group | Its instances must register in this cluster.",
    NEW: "New Auto Scaling group | With a launch template, On-Demand or Spot instances.",
}
#: The fields that are used with a new group only.
NEW_FIELDS: Final = (
    "image", "instance_type", "instance_profile", "subnets", "security_groups", "disk", "minimum", "maximum",
    "desired", "base", "percentage",
)  # fmt: skip


class NewProviderForm(DefaultStrategyFields, ProviderSettingsFields, LaunchFields):
    name = forms.CharField(label="Name", max_length=255, validators=[NAME])
    source = forms.ChoiceField(
        label="Instances", choices=list(GROUPS.items()), widget=forms.RadioSelect, initial=EXISTING
    )
    group = forms.ChoiceField(label="Auto Scaling group")
    minimum = forms.IntegerField(label="Minimum capacity", min_value=0, max_value=500, initial=0)
    desired = forms.IntegerField(label="Desired capacity", min_value=0, max_value=500, initial=1)
    maximum = forms.IntegerField(label="Maximum capacity", min_value=1, max_value=500, initial=3)
    more_types = forms.MultipleChoiceField(
        label="Further instance types",
        required=False,
        help_text="EC2 launches one of them where the first is not available, or Spot capacity of it is scarce.",
    )
    base = forms.IntegerField(label="On-Demand base", min_value=0, max_value=500, initial=0)
    percentage = forms.IntegerField(
        label="On-Demand above the base",
        min_value=0,
        max_value=100,
        initial=100,
        help_text="The rest are Spot instances, which AWS can take back with a notice of two minutes.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = CapacityProvider.objects.in_scope(self.context.scope.account, self.context.scope.region).present()
        self.used = dict(used.exclude(auto_scaling_group_arn="").values_list("auto_scaling_group_arn", "name"))
        listed = permitted(self.context, auto_scaling_groups(self.context.user, self.context.scope).order_by("name"))
        self.auto_scaling_groups = {row.name: row for row in listed}
        labels = [(name, self._label(row)) for name, row in self.auto_scaling_groups.items()]
        offer_options(self, "group", AutoScalingGroup, [("", "Choose a group"), *labels])
        self.further_types = offer(self, "more_types", InstanceType, lambda row: row.name)
        new = self.is_bound and self.is_new
        self.fields["group"].required = not new
        if self.is_bound and not new:
            for name in NEW_FIELDS:
                self.fields[name].required = False

    @property
    def is_new(self) -> bool:
        return bool(self["source"].value() == NEW)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.is_new:
            self._check_sizes(data)
            self._check_types(data)
        else:
            for name in NEW_FIELDS:  # unused fields are not validated
                self.errors.pop(name, None)
            self._check_group(data)
        self.check_strategy(data)
        return data

    def check_launch(self, data: dict[str, Any]) -> None:
        if self.is_new:
            super().check_launch(data)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        rows = CapacityProvider.objects.in_scope(self.context.scope.account, self.context.scope.region).present()
        if rows.filter(name=name).exists():
            raise forms.ValidationError(f"The capacity provider {name} already exists. Choose another name.")
        return name

    def clean_group(self) -> AutoScalingGroup | None:
        return self.auto_scaling_groups.get(self.cleaned_data["group"])

    def _label(self, row: AutoScalingGroup) -> str:
        used = self.used.get(row.arn)
        size = f"{row.desired_capacity} instances, {row.min_size} to {row.max_size}"
        return f"{row.name} · {size}{f' · used by {used}' if used else ''}"

    def _check_group(self, data: dict[str, Any]) -> None:
        group: AutoScalingGroup | None = data.get("group")
        if group is None:
            if "group" not in self.errors:
                self.add_error("group", "Choose an Auto Scaling group.")
        elif group.arn in self.used:
            self.add_error("group", f"The capacity provider {self.used[group.arn]} uses this group. Choose another.")
        elif data.get("termination_protection") and not group.description.get("NewInstancesProtectedFromScaleIn"):
            text = "The Auto Scaling group does not protect new instances from scale-in. Switch that on first."
            self.add_error("termination_protection", text)

    def _check_sizes(self, data: dict[str, Any]) -> None:
        sizes = [data[name] for name in ("minimum", "desired", "maximum") if data.get(name) is not None]
        if sizes != sorted(sizes):
            self.add_error("desired", "The desired capacity must be between the minimum and the maximum.")

    def _check_types(self, data: dict[str, Any]) -> None:
        image = data.get("image")
        others = [self.further_types[name] for name in data.get("more_types", ())]
        wrong = [row.name for row in others if image and row.architecture != image.architecture]
        if image and wrong:
            self.add_error("more_types", f"The AMI is {image.architecture}. Remove {', '.join(wrong)}.")

    def not_mixed_with(self) -> tuple[Collection[str], str]:
        why = "The default strategy has Fargate, which cannot be mixed with Auto Scaling groups. Replace it."
        return FARGATE, why
