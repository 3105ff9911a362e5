"""Terminating one instance, and terminating several that a table chose: drained first, then ended by EC2."""

from collections.abc import Mapping
from typing import Any

from django import forms

from clusters.models import AutoScalingGroup, ContainerInstance
from clusters.planning.base import ClusterAction, ContainerInstanceAction, InstancesForm, cluster_of
from clusters.planning.draining import Chosen, drained_step, group_of, room_check, standalone_check, state_steps
from clusters.selectors.capacity_providers import auto_scaling_groups
from ecsdash.aws.prices import Estimate, instances_monthly, total
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Danger, Level, Plan, PlanError, Step

CALLS = (
    "ecs.update_container_instances_state",
    "autoscaling.terminate_instance_in_auto_scaling_group",
    "ec2.terminate_instances",
    "ecs.deregister_container_instance",
)
WATCHES = ("container_instances", "auto_scaling_groups", "tasks")


class TerminateFields(ActionForm):
    replace = forms.BooleanField(
        label="Let its Auto Scaling group launch another one in its place",
        required=False,
        help_text="Without it the group becomes smaller by one. Counts only for instances of a group.",
    )
    wait_for_standalone = forms.BooleanField(
        label="Wait for tasks that no service manages",
        required=False,
        help_text="Without it they end with the instance.",
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
        return plan_terminate(context, Chosen.of(cluster_of(row), [row]), data)


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
        return plan_terminate(context, Chosen.of(context.resource, data["row"]), data)


def plan_terminate(context: ActionContext, chosen: Chosen, data: Mapping[str, Any]) -> Plan:
    if external := [row.name for row in chosen.rows if not row.name.startswith("i-")]:
        raise PlanError(f"{', '.join(external)} is no EC2 instance: end it where it runs.", "row")
    groups = list(auto_scaling_groups(context.user, context.scope))
    held = {row.arn: group_of(row, groups) for row in chosen.rows}
    standalone = standalone_check(chosen, terminates=not data["wait_for_standalone"])
    return Plan(
        summary=f"Terminate {chosen.words} of {chosen.cluster.name}",
        resource_key=chosen.resource_key,
        resource_name=chosen.names,
        steps=(
            *state_steps(chosen, "DRAINING", "Drain: place no more tasks there"),
            drained_step(chosen, wait_for_standalone=data["wait_for_standalone"]),
            *_terminate_steps(chosen, held, replace=data["replace"]),
            *_deregister_steps(chosen),
        ),
        changes=tuple(Change(f"{row.name}", row.status, "terminated") for row in chosen.rows),
        checks=(room_check(chosen), *([standalone] if standalone else []), *_group_checks(held, data["replace"])),
        observes=chosen.observations(),
        touches=("clusters", "container_instances", "auto_scaling_groups", "tasks", "services"),
        risks=("What is stored on the instances' disks is lost.",),
        cost=_cost(chosen, held, data["replace"]),
    )


def _terminate_steps(chosen: Chosen, held: Mapping[str, AutoScalingGroup | None], *, replace: bool) -> tuple[Step, ...]:
    """Instances of a group are ended by the group, so that it does not replace them unasked."""
    loose = [row.name for row in chosen.rows if held[row.arn] is None]
    steps = [
        Step(
            f"terminate_{row.name}",
            f"End {row.name} through its Auto Scaling group",
            "autoscaling.terminate_instance_in_auto_scaling_group",
            {"InstanceId": row.name, "ShouldDecrementDesiredCapacity": not replace},
            tolerate=("ValidationError",),
            retry_on=("ScalingActivityInProgress",),
        )
        for row in chosen.rows
        if held[row.arn] is not None
    ]
    if loose:
        gone = ("InvalidInstanceID.NotFound",)
        steps.append(
            Step("terminate", "End the instances", "ec2.terminate_instances", {"InstanceIds": loose}, tolerate=gone)
        )
    everyone = {"instances": [row.name for row in chosen.rows]}
    return (
        *steps,
        Step("terminated", "Wait until EC2 has ended them", until="instances_terminated", until_params=everyone),
    )


def _deregister_steps(chosen: Chosen) -> tuple[Step, ...]:
    """ECS drops a terminated instance by itself unless its agent had lost touch before."""
    cluster = chosen.cluster.name
    steps = [
        Step(
            f"deregister_{row.name}",
            f"Make sure that {row.name} is no longer registered",
            "ecs.deregister_container_instance",
            {"cluster": cluster, "containerInstance": row.arn, "force": True},
            tolerate=("InvalidParameterException", "ClientException"),
        )
        for row in chosen.rows
    ]
    params = {"cluster": cluster, "container_instances": chosen.arns}
    return (
        *steps,
        Step("gone", "Wait until none is registered", until="instances_gone", until_params=params, timeout=300),
    )


def _group_checks(held: Mapping[str, AutoScalingGroup | None], replace: bool) -> list[Check]:
    """AWS refuses to make a group smaller than its minimum."""
    checks = []
    for group in {each.arn: each for each in held.values() if each}.values():
        leaving = sum(each is not None and each.arn == group.arn for each in held.values())
        if replace:
            checks.append(Check(Level.OK, f"{group.name} will launch {leaving} in their place"))
        elif group.desired_capacity - leaving < group.min_size:
            checks.append(
                Check(
                    Level.BLOCK,
                    f"{group.name} would have fewer instances than its minimum of {group.min_size}",
                    fix="Go back and let the group launch another in its place, or lower its minimum.",
                )
            )
        else:
            checks.append(Check(Level.OK, f"{group.name} becomes smaller by {leaving}"))
    return checks


def _cost(chosen: Chosen, held: Mapping[str, AutoScalingGroup | None], replace: bool) -> Estimate | None:
    ended = [row for row in chosen.rows if not (replace and held[row.arn])]
    return total(-instances_monthly(row.region, row.instance_type, 1) for row in ended)
