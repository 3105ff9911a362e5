from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms

from clusters.models import AutoScalingGroup, ContainerInstance
from clusters.planning.draining import members
from clusters.planning.providers import GroupAction, provider_of
from ecsdash.aws.prices import Estimate, instances_monthly
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import (
    Check,
    Danger,
    Effect,
    Level,
    Observation,
    Plan,
    PlanError,
    Step,
    Undo,
    changes_between,
)
from ecsdash.web.formatting import counted

RESIZED_SECONDS = 900


class ResizeAutoScalingGroupForm(ActionForm):
    minimum = forms.IntegerField(label="Minimum capacity", min_value=0, max_value=5000)
    desired = forms.IntegerField(label="Desired capacity", min_value=0, max_value=5000)
    maximum = forms.IntegerField(label="Maximum capacity", min_value=0, max_value=5000)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        low, high, desired = data["minimum"], data["maximum"], data["desired"]
        if low > high:
            self.add_error("maximum", f"The maximum is below the minimum of {low}.")
        elif not low <= desired <= high:
            self.add_error("desired", f"Choose a number from the minimum ({low}) to the maximum ({high}).")
        return data


@register
class ResizeAutoScalingGroup(GroupAction):
    """Changes the bounds and the number of instances of a group, but not below the instances that run tasks."""

    name = "resize_auto_scaling_group"
    label = "Resize"
    danger = Danger.CHANGES
    path = "auto-scaling-groups/<str:group>/resize/"
    icon = "adjustments"
    form_class = ResizeAutoScalingGroupForm
    watches = ("auto_scaling_groups", "container_instances", "capacity_providers")
    calls = ("autoscaling.update_auto_scaling_group",)

    def initial(self, context: ActionContext) -> dict[str, Any]:
        return _form_data(_sizes(context.resource))

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        group: AutoScalingGroup = context.resource
        before = _sizes(group)
        after = {"MinSize": data["minimum"], "MaxSize": data["maximum"], "DesiredCapacity": data["desired"]}
        changes = changes_between(before, after)
        if not changes:
            raise PlanError("The form has no changes. Change a number, or cancel.")
        return Plan(
            summary=f"Resize the Auto Scaling group {group.name} to {counted(data['desired'], 'instance')}",
            resource_key=group.arn,
            resource_name=group.name,
            steps=(
                Step(
                    "resize",
                    f"Set the desired capacity to {data['desired']} ({data['minimum']} to {data['maximum']})",
                    "autoscaling.update_auto_scaling_group",
                    {"AutoScalingGroupName": group.name, **after},
                    retry_on=("ScalingActivityInProgress",),
                    until="group_resized",
                    until_params={"group": group.name, "desired": data["desired"]},
                    timeout=RESIZED_SECONDS,
                ),
            ),
            changes=changes,
            checks=(_busy_check(group, data["desired"]), *_scaling_checks(group)),
            observes=(
                Observation(
                    "auto_scaling_group_size", {"group": group.name}, before, group.name, (Effect("resize", after),)
                ),
            ),
            undo=Undo(self.name, "restore the previous size", group.url_kwargs(), _form_data(before)),
            touches=("auto_scaling_groups", "container_instances", "clusters"),
            cost=_cost(group, data["desired"] - group.desired_capacity),
        )


def _sizes(group: AutoScalingGroup) -> dict[str, int]:
    return {"MinSize": group.min_size, "MaxSize": group.max_size, "DesiredCapacity": group.desired_capacity}


def _form_data(sizes: Mapping[str, int]) -> dict[str, Any]:
    return {"minimum": sizes["MinSize"], "desired": sizes["DesiredCapacity"], "maximum": sizes["MaxSize"]}


def _registered(group: AutoScalingGroup) -> list[ContainerInstance]:
    rows = ContainerInstance.objects.in_scope(group.account, group.region).present()
    return list(rows.filter(name__in=members(group)))


def _busy_check(group: AutoScalingGroup, desired: int) -> Check:
    """Return the check that as many instances stay as run tasks: EC2 chooses which of the instances go."""
    busy = [row for row in _registered(group) if row.running_tasks_count or row.pending_tasks_count]
    if desired >= group.desired_capacity:
        return Check(Level.OK, "No instance is terminated")
    if desired < len(busy):
        title = f"{counted(len(busy), 'instance')} of the group run tasks"
        fix = f"Choose at least {len(busy)}, or drain instances first."
        return Check(Level.BLOCK, title, f"With a desired capacity of {desired}, EC2 would stop some of them.", fix)
    if not busy:
        return Check(Level.OK, "No instance of the group runs tasks")
    title = f"EC2 terminates {counted(group.desired_capacity - desired, 'instance')}"
    detail = f"It may choose one of the {len(busy)} that run tasks, unless they are protected from scale-in."
    return Check(Level.WARN, title, detail, "Drain the instances that may go first, or use managed draining.")


def _scaling_checks(group: AutoScalingGroup) -> tuple[Check, ...]:
    provider = provider_of(group)
    if provider is None or not provider.managed_scaling:
        return ()
    title = f"The capacity provider {provider.name} scales this group"
    detail = "ECS may change the desired capacity again within minutes. The bounds stay."
    return (Check(Level.WARN, title, detail, "To keep a number, set the minimum, or switch managed scaling off."),)


def _cost(group: AutoScalingGroup, more: int) -> Estimate | None:
    """Return the cost of the difference, by the type that most instances have; None where no type is known."""
    types = Counter(row.instance_type for row in _registered(group) if row.instance_type)
    if not more or not types:
        return None
    return instances_monthly(group.region, types.most_common(1)[0][0], more)
