from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from clusters.documents.managed_instances import PROVIDER
from clusters.forms.managed_instances.form import PresentManagedInstancesForm, present_document
from clusters.forms.managed_instances.words import setting_lines
from clusters.models import CapacityProvider
from clusters.planning.managed_instances import provider_checks, update_step
from clusters.planning.providers import ProviderAction
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.document_forms import is_button
from ecsdash.operations.plan import (
    ANY,
    Change,
    Check,
    Danger,
    Effect,
    Level,
    Observation,
    Plan,
    PlanError,
    Undo,
    changes_between,
)
from ecsdash.web.forms.document.json_text import write


@register
class EditManagedInstances(ProviderAction):
    """Changes the settings of a capacity provider of ECS Managed Instances. Instances that run keep the old ones."""

    name = "edit_managed_instances"
    label = "Edit Managed Instances provider"
    danger = Danger.CHANGES
    path = "capacity-providers/<str:capacity_provider>/managed-instances/"
    icon = "edit"
    form_class = PresentManagedInstancesForm
    template = "clusters/edit_managed_instances.html"
    watches = (
        "capacity_providers", "roles", "instance_profiles", "vpcs", "subnets", "security_groups", "instance_types",
    )  # fmt: skip
    calls = ("ecs.update_capacity_provider",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        provider: CapacityProvider = context.resource
        before, after = present_document(provider), data["document"]
        changes = changes_between(setting_lines(before[PROVIDER]), setting_lines(after[PROVIDER]))
        if not changes:
            raise PlanError("The form has no changes. Change a setting, or cancel.")
        settings, place = before[PROVIDER], {"capacity_provider": provider.name, "cluster": provider.cluster_name}
        return Plan(
            summary=f"Edit the capacity provider {provider.name}",
            resource_key=provider.arn,
            resource_name=provider.name,
            steps=(update_step(provider.name, provider.cluster_name, after),),
            changes=changes,
            checks=(*_effects(changes), *provider_checks(context, after)),
            observes=(
                Observation(
                    "managed_instances_settings",
                    place,
                    settings,
                    provider.name,
                    (Effect("update", dict.fromkeys((*settings, *after[PROVIDER]), ANY)),),
                ),
            ),
            undo=Undo(self.name, "restore the previous settings", provider.url_kwargs(), {"json": write(before)}),
            touches=("capacity_providers", "clusters"),
        )

    def reworked(self, context: ActionContext, data: QueryDict) -> QueryDict | None:
        return data if is_button(data) else None

    def unavailable(self, resource: Any) -> str:
        other = "" if resource.managed_instances else "Only providers of ECS Managed Instances have these settings."
        return super().unavailable(resource) or other


def _effects(changes: tuple[Change, ...]) -> tuple[Check, ...]:
    """Return when the change takes effect, and a warning for settings that are left out."""
    left = [change.path for change in changes if change.after is None]
    checks = [Check(Level.OK, "The settings apply to instances that ECS launches from now on")]
    if left:
        title, fix = f"ECS may keep what is left out: {', '.join(left)}", "Enter the value that it should have instead."
        checks.append(Check(Level.WARN, title, "A missing member can mean “leave it as it is”.", fix))
    return tuple(checks)
