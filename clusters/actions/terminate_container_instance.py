"""Drain and then terminate one instance, or several that were selected in the table."""

from collections.abc import Mapping
from typing import Any

from django import forms

from clusters.models import AutoScalingGroup, ContainerInstance
from clusters.planning.base import ClusterAction, ContainerInstanceAction, InstancesForm, cluster_of
from clusters.planning.draining import (
    SelectedInstances,
    capacity_checks,
    drained_step,
    group_of,
    standalone_check,
    state_steps,
)
from clusters.selectors.capacity_providers import auto_scaling_groups, managed_providers
from ecsdash.aws.prices import Estimate, instances_monthly, total
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Danger, Level, Plan, PlanError, Repeat, Step
from ecsdash.web.formatting import counted

CALLS = (
    "ecs.update_container_instances_state",
    "autoscaling.terminate_instance_in_auto_scaling_group",
    "ec2.terminate_instances",
    "ecs.deregister_container_instance",
)
GroupByInstance = Mapping[str, AutoScalingGroup | None]  # by the ARN of the container instance
WATCHES = ("container_instances", "auto_scaling_groups", "tasks")


class TerminateFields(ActionForm):
    replace = forms.BooleanField(
        label="Let the Auto Scaling group launch a replacement",
        required=False,
        help_text="For instances of an Auto Scaling group. Otherwise its desired capacity decreases by one.",
    )
    wait_for_standalone = forms.BooleanField(
        label="Wait for standalone tasks to finish",
        required=False,
        help_text="Otherwise they stop when the instance is terminated.",
    )


class TerminateInstancesForm(InstancesForm, TerminateFields):
    pass


@register
class TerminateContainerInstance(ContainerInstanceAction):
    name = "terminate_container_instance"
    label = "Terminate"
    danger = Danger.LOSES
    path = "clusters/<str:cluster>/instances/<str:instance>/terminate/"
    icon = "trash"
    form_class = TerminateFields
    watches = WATCHES
    calls = CALLS

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        row: ContainerInstance = context.resource
        return plan_terminate(context, SelectedInstances.of(cluster_of(row), [row]), data)


@register
class TerminateContainerInstances(ClusterAction):
    name = "terminate_container_instances"
    label = "Terminate instances"
    danger = Danger.LOSES
    path = "clusters/<str:cluster>/instances/terminate/"
    icon = "trash"
    form_class = TerminateInstancesForm
    template = "clusters/choose_instances.html"
    watches = WATCHES
    calls = CALLS

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        return plan_terminate(context, SelectedInstances.of(context.resource, data["row"]), data)


def plan_terminate(context: ActionContext, selected: SelectedInstances, data: Mapping[str, Any]) -> Plan:
    if external := [row.name for row in selected.rows if not row.name.startswith("i-")]:
        raise PlanError(f"{', '.join(external)} is not an EC2 instance. Stop it on the machine where it runs.", "row")
    managed = {row.name for row in managed_providers(context.scope)}
    if kept := [row.name for row in selected.rows if row.capacity_provider_name in managed]:
        raise PlanError(f"ECS terminates {', '.join(kept)} itself: drain Managed Instances instead.", "row")
    groups = list(auto_scaling_groups(context.user, context.scope))
    group_by_instance = {row.arn: group_of(row, groups) for row in selected.rows}
    standalone = standalone_check(selected, terminates=not data["wait_for_standalone"])
    return Plan(
        summary=f"Terminate {selected.label} in {selected.cluster.name}",
        resource_key=selected.resource_key,
        resource_name=selected.names,
        steps=(
            *state_steps(selected, "DRAINING", "Set the status to DRAINING"),
            drained_step(selected, wait_for_standalone=data["wait_for_standalone"]),
            *_terminate_steps(selected, group_by_instance, replace=data["replace"]),
            *_deregister_steps(selected),
        ),
        changes=tuple(Change(f"{row.name}", row.status, "terminated") for row in selected.rows),
        checks=(
            *capacity_checks(context, selected),
            *([standalone] if standalone else []),
            *_group_checks(group_by_instance, data["replace"]),
        ),
        observes=selected.observations("DRAINING", gone=True),
        touches=("clusters", "container_instances", "auto_scaling_groups", "tasks", "services"),
        risks=("All data on the root volumes of the instances is lost.",),
        cost=_cost(selected, group_by_instance, data["replace"]),
    )


def _terminate_steps(
    selected: SelectedInstances, group_by_instance: GroupByInstance, *, replace: bool
) -> tuple[Step, ...]:
    """Terminate the instances of a group through the group, so that it does not replace them by itself."""
    ungrouped = [row.name for row in selected.rows if group_by_instance[row.arn] is None]
    steps = [
        Step(
            f"terminate_{row.name}",
            f"Terminate {row.name} through its Auto Scaling group",
            "autoscaling.terminate_instance_in_auto_scaling_group",
            {"InstanceId": row.name, "ShouldDecrementDesiredCapacity": not replace},
            repeat=Repeat.LOOKUP,
            lookup="instance_leaving_its_group",
            tolerate=("ValidationError",),
            retry_on=("ScalingActivityInProgress",),
        )
        for row in selected.rows
        if group_by_instance[row.arn] is not None
    ]
    if ungrouped:
        steps.append(
            Step(
                "terminate",
                "Terminate the EC2 instances",
                "ec2.terminate_instances",
                {"InstanceIds": ungrouped},
                tolerate=("InvalidInstanceID.NotFound",),
            )
        )
    params = {"instances": [row.name for row in selected.rows]}
    return (
        *steps,
        Step("terminated", "Wait until EC2 has terminated them", until="instances_terminated", until_params=params),
    )


def _deregister_steps(selected: SelectedInstances) -> tuple[Step, ...]:
    """ECS deregisters a terminated instance by itself, except when its agent was disconnected before."""
    cluster = selected.cluster.name
    steps = [
        Step(
            f"deregister_{row.name}",
            f"Deregister {row.name}",
            "ecs.deregister_container_instance",
            {"cluster": cluster, "containerInstance": row.arn, "force": True},
            tolerate=("InvalidParameterException", "ClientException"),
        )
        for row in selected.rows
    ]
    params = {"cluster": cluster, "container_instances": selected.arns}
    return (
        *steps,
        Step("gone", "Wait until all are deregistered", until="instances_gone", until_params=params, timeout=300),
    )


def _group_checks(group_by_instance: GroupByInstance, replace: bool) -> list[Check]:
    """Return one check for each Auto Scaling group. AWS refuses a desired capacity below the minimum."""
    checks = []
    for group in {each.arn: each for each in group_by_instance.values() if each}.values():
        terminated = sum(each is not None and each.arn == group.arn for each in group_by_instance.values())
        if replace:
            checks.append(Check(Level.OK, f"{group.name} launches {counted(terminated, 'replacement')}"))
        elif group.desired_capacity - terminated < group.min_size:
            checks.append(
                Check(
                    Level.BLOCK,
                    f"The desired capacity of {group.name} cannot be lower than its minimum of {group.min_size}",
                    fix="Go back and let the group launch a replacement, or lower its minimum in EC2 Auto Scaling.",
                )
            )
        else:
            checks.append(Check(Level.OK, f"The desired capacity of {group.name} decreases by {terminated}"))
    return checks


def _cost(selected: SelectedInstances, group_by_instance: GroupByInstance, replace: bool) -> Estimate | None:
    not_replaced = [row for row in selected.rows if not (replace and group_by_instance[row.arn])]
    return total(-instances_monthly(row.region, row.instance_type, 1) for row in not_replaced)
