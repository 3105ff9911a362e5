from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from clusters.forms.default_strategy import default_items
from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance
from clusters.planning.auto_scaling import attach_step
from clusters.planning.launching import CLUSTER_TAG
from clusters.planning.providers import ProviderAction, clusters_with
from clusters.planning.teardown import delete_group_step, delete_provider_step, delete_template_step
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Danger, Effect, Level, Observation, Plan, Step
from ecsdash.web.formatting import counted


class DeleteCapacityProviderForm(ActionForm):
    group = forms.BooleanField(
        required=False,
        label="Also delete its Auto Scaling group and terminate the instances",
        help_text="And its launch template, if this dashboard created it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.context.resource.auto_scaling_group_arn:
            del self.fields["group"]


@register
class DeleteCapacityProvider(ProviderAction):
    """Detaches a capacity provider from its clusters and deletes it, with its Auto Scaling group if asked."""

    name = "delete_capacity_provider"
    label = "Delete capacity provider"
    danger = Danger.LOSES
    path = "capacity-providers/<str:capacity_provider>/delete/"
    icon = "trash"
    form_class = DeleteCapacityProviderForm
    watches = ("clusters", "capacity_providers", "auto_scaling_groups", "container_instances", "services")
    calls = (
        "ecs.put_cluster_capacity_providers",
        "ecs.delete_capacity_provider",
        "autoscaling.delete_auto_scaling_group",
        "ec2.delete_launch_template",
    )

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        provider: CapacityProvider = context.resource
        clusters = clusters_with(provider)
        group = AutoScalingGroup.objects.filter(arn=provider.auto_scaling_group_arn).present().first()
        removed = group if data.get("group") else None
        names = ", ".join(each.name for each in clusters)
        return Plan(
            summary=f"Delete the capacity provider {provider.name}",
            resource_key=provider.arn,
            resource_name=provider.name,
            steps=(
                *(_detach(cluster, provider, number) for number, cluster in enumerate(clusters, 1)),
                delete_provider_step(provider, "provider"),
                *(_group_steps(removed) if removed else ()),
            ),
            changes=(
                Change("capacity provider", provider.name, None),
                *((Change("attached to", names, None),) if names else ()),
                *((Change("Auto Scaling group", removed.name, None),) if removed else ()),
            ),
            checks=(*_strategy_checks(clusters, provider.name), *_instance_checks(group, removed), *_managed(provider)),
            observes=(
                Observation(
                    "capacity_provider_settings",
                    {"capacity_provider": provider.name, "names": []},
                    {},
                    provider.name,
                    (Effect("provider", None),),
                ),
            ),
            touches=("clusters", "capacity_providers", "auto_scaling_groups", "container_instances"),
            risks=("Services that use it in their own strategy stop the operation: change them first.",),
        )


def _detach(cluster: Cluster, provider: CapacityProvider, number: int) -> Step:
    """Return the call that takes the provider out of the cluster and its default strategy."""
    kept = [item for item in default_items(cluster) if item["capacityProvider"] != provider.name]
    others = [each for each in cluster.capacity_providers if each != provider.name]
    step = attach_step(cluster.name, others, kept, f"Detach {provider.name} from {cluster.name}")
    return replace(step, key=f"detach_{number}")


def _group_steps(group: AutoScalingGroup) -> tuple[Step, ...]:
    template = group.launch_template if CLUSTER_TAG in group.tags else {}
    steps = [delete_group_step(group.name, "group")]
    if template:
        steps.append(delete_template_step(template["LaunchTemplateId"], template["LaunchTemplateName"], "template"))
    return tuple(steps)


def _strategy_checks(clusters: list[Cluster], name: str) -> tuple[Check, ...]:
    """Return a warning for each cluster whose default strategy loses the provider."""
    losing = [each.name for each in clusters if name in {item["capacityProvider"] for item in default_items(each)}]
    if not losing:
        return (Check(Level.OK, "No default strategy uses it"),)
    title = f"The default strategy of {', '.join(losing)} loses it"
    return (Check(Level.WARN, title, "New services there that name no strategy use what is left."),)


def _instance_checks(group: AutoScalingGroup | None, removed: AutoScalingGroup | None) -> tuple[Check, ...]:
    if group is None or not group.instances:
        return ()
    number = counted(len(group.instances), "instance")
    if removed is None:
        return (Check(Level.WARN, f"{number} of {group.name} keep running", "They cost as before."),)
    return (Check(Level.WARN, f"{number} of {group.name} will be terminated", "The tasks on them stop."),)


def _managed(provider: CapacityProvider) -> tuple[Check, ...]:
    """Return what becomes of the instances that ECS launched."""
    rows = ContainerInstance.objects.in_scope(provider.account, provider.region).present()
    number = rows.filter(capacity_provider_name=provider.name, cluster_name=provider.cluster_name).count()
    if not provider.managed_instances or not number:
        return ()
    title = f"ECS drains and terminates {counted(number, 'instance')} of it"
    return (Check(Level.WARN, title, "Services must use other capacity before."),)
