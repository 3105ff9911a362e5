from collections.abc import Mapping
from typing import Any

from clusters.forms.provider_settings import (
    ProviderSettingsFields,
    provider_settings,
    settings_initial,
    settings_lines,
)
from clusters.models import AutoScalingGroup, CapacityProvider
from clusters.planning.providers import ProviderAction
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import ANY, Danger, Effect, Observation, Plan, PlanError, Step, Undo, changes_between


class EditCapacityProviderForm(ProviderSettingsFields):
    def clean(self) -> dict[str, Any]:
        data = super().clean()
        provider: CapacityProvider = self.context.resource
        group = AutoScalingGroup.objects.filter(arn=provider.auto_scaling_group_arn).first()
        before = provider.group_settings.get("managedTerminationProtection")
        unprotected = group is not None and not group.description.get("NewInstancesProtectedFromScaleIn")
        if data.get("termination_protection") and before != "ENABLED" and unprotected:
            text = "The Auto Scaling group does not protect new instances from scale-in. Switch that on first."
            self.add_error("termination_protection", text)
        return data


@register
class EditCapacityProvider(ProviderAction):
    """Changes managed scaling, termination protection and draining of a provider with an Auto Scaling group."""

    name = "edit_capacity_provider"
    label = "Edit capacity provider"
    danger = Danger.CHANGES
    path = "capacity-providers/<str:capacity_provider>/edit/"
    icon = "edit"
    form_class = EditCapacityProviderForm
    template = "clusters/edit_capacity_provider.html"
    watches = ("capacity_providers", "auto_scaling_groups")
    calls = ("ecs.update_capacity_provider",)

    def initial(self, context: ActionContext) -> dict[str, Any]:
        return settings_initial(context.resource.group_settings)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        provider: CapacityProvider = context.resource
        before, after = provider.group_settings, provider_settings(data)
        changes = changes_between(settings_lines(before), settings_lines(after))
        if not changes:
            raise PlanError("The form has no changes. Change a setting, or cancel.")
        names = list(after)
        return Plan(
            summary=f"Edit the capacity provider {provider.name}",
            resource_key=provider.arn,
            resource_name=provider.name,
            steps=(
                Step(
                    "update",
                    f"Change {', '.join(change.path for change in changes)}",
                    "ecs.update_capacity_provider",
                    {"name": provider.name, "autoScalingGroupProvider": after},
                    retry_on=("UpdateInProgressException",),
                    until="capacity_provider_updated",
                    until_params={"capacity_provider": provider.name},
                    timeout=300,
                ),
            ),
            changes=changes,
            observes=(
                Observation(
                    "capacity_provider_settings",
                    {"capacity_provider": provider.name, "names": names},
                    {name: before.get(name) for name in names},
                    provider.name,
                    (Effect("update", dict.fromkeys(names, ANY)),),
                ),
            ),
            undo=Undo(self.name, "restore the previous settings", provider.url_kwargs(), settings_initial(before)),
            touches=("capacity_providers", "clusters"),
        )

    def unavailable(self, resource: Any) -> str:
        other = "" if resource.group_settings else "Only providers with an Auto Scaling group have these settings."
        return super().unavailable(resource) or other
