"""The form fields of a capacity provider with an Auto Scaling group."""

from collections.abc import Mapping
from typing import Any

from django import forms

from ecsdash.operations.actions import ActionForm

Json = dict[str, Any]


class ProviderSettingsFields(ActionForm):
    managed_scaling = forms.BooleanField(
        label="Managed scaling",
        required=False,
        initial=True,
        help_text="ECS changes the desired capacity of the group, so that its instances suffice for the tasks.",
    )
    target_capacity = forms.IntegerField(
        label="Target capacity",
        min_value=1,
        max_value=100,
        initial=100,
        help_text="The share of the instances that tasks use. Below 100 keeps spare instances for faster starts.",
    )
    minimum_step = forms.IntegerField(label="Minimum step size", min_value=1, max_value=10000, initial=1)
    maximum_step = forms.IntegerField(label="Maximum step size", min_value=1, max_value=10000, initial=10000)
    warmup = forms.IntegerField(
        label="Instance warm-up",
        min_value=0,
        max_value=10000,
        initial=300,
        help_text="The time until a new instance counts for the scaling.",
    )
    termination_protection = forms.BooleanField(
        label="Managed termination protection",
        required=False,
        help_text="Instances with tasks are not terminated when the group shrinks. Needs managed scaling, and a group "
        "that protects new instances from scale-in.",
    )
    draining = forms.BooleanField(
        label="Managed draining",
        required=False,
        initial=True,
        help_text="Tasks move to other instances before an instance is terminated.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("termination_protection") and not data.get("managed_scaling"):
            self.add_error("termination_protection", "Managed termination protection needs managed scaling.")
        low, high = data.get("minimum_step"), data.get("maximum_step")
        if low is not None and high is not None and low > high:
            self.add_error("maximum_step", f"The maximum is below the minimum of {low}.")
        return data


def provider_settings(data: Mapping[str, Any]) -> Json:
    """Return the settings of the form as members of autoScalingGroupProvider."""
    scaling = {
        "status": "ENABLED" if data["managed_scaling"] else "DISABLED",
        "targetCapacity": data["target_capacity"],
        "minimumScalingStepSize": data["minimum_step"],
        "maximumScalingStepSize": data["maximum_step"],
        "instanceWarmupPeriod": data["warmup"],
    }
    return {
        "managedScaling": scaling,
        "managedTerminationProtection": "ENABLED" if data["termination_protection"] else "DISABLED",
        "managedDraining": "ENABLED" if data["draining"] else "DISABLED",
    }


def settings_initial(settings: Mapping[str, Any]) -> Json:
    """Return the values of the fields for a provider as ECS describes it."""
    scaling = settings.get("managedScaling") or {}
    return {
        "managed_scaling": scaling.get("status") == "ENABLED",
        "target_capacity": scaling.get("targetCapacity", 100),
        "minimum_step": scaling.get("minimumScalingStepSize", 1),
        "maximum_step": scaling.get("maximumScalingStepSize", 10000),
        "warmup": scaling.get("instanceWarmupPeriod", 300),
        "termination_protection": settings.get("managedTerminationProtection") == "ENABLED",
        "draining": settings.get("managedDraining", "ENABLED") == "ENABLED",
    }


def settings_lines(settings: Mapping[str, Any]) -> Json:
    """Return the settings by the labels of their fields, for the changes of a plan."""
    shown = {True: "On", False: "Off"}
    return {
        str(ProviderSettingsFields.base_fields[name].label): shown[value] if isinstance(value, bool) else value
        for name, value in settings_initial(settings).items()
    }
