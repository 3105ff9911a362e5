"""Activate one draining instance, or several that were selected in the table."""

from collections.abc import Mapping
from typing import Any

from clusters.models import ContainerInstance
from clusters.planning.base import ClusterAction, ContainerInstanceAction, InstancesForm, cluster_of
from clusters.planning.draining import SelectedInstances, state_steps
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Danger, Plan, PlanError, Undo

CALLS = ("ecs.update_container_instances_state",)


@register
class ActivateContainerInstance(ContainerInstanceAction):
    name = "activate_container_instance"
    label = "Activate"
    danger = Danger.NONE
    quick = True
    act = "Activate instance"
    path = "clusters/<str:cluster>/instances/<str:instance>/activate/"
    icon = "player-play"
    calls = CALLS

    def unavailable(self, resource: ContainerInstance) -> str:
        return "" if resource.status == "DRAINING" else f"The instance is {resource.status}, not DRAINING."

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        row: ContainerInstance = context.resource
        undo = Undo("drain_container_instance", "drain the instance again", row.url_kwargs())
        return plan_activate(SelectedInstances.of(cluster_of(row), [row]), undo)


@register
class ActivateContainerInstances(ClusterAction):
    name = "activate_container_instances"
    label = "Activate instances"
    danger = Danger.NONE
    path = "clusters/<str:cluster>/instances/activate/"
    icon = "player-play"
    form_class = InstancesForm
    template = "clusters/choose_instances.html"
    calls = CALLS

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        rows = [row for row in data["row"] if row.status == "DRAINING"]
        kwargs, undo_data = context.resource.url_kwargs(), {"row": [row.pk for row in rows]}
        undo = Undo("drain_container_instances", "drain the instances again", kwargs, undo_data)
        return plan_activate(SelectedInstances.of(context.resource, rows), undo)


def plan_activate(selected: SelectedInstances, undo: Undo) -> Plan:
    if any(row.status != "DRAINING" for row in selected.rows) or not selected.rows:
        raise PlanError("Only draining instances can be activated. Select at least one draining instance.", "row")
    return Plan(
        summary=f"Activate {selected.label} in {selected.cluster.name}",
        resource_key=selected.resource_key,
        resource_name=selected.names,
        steps=state_steps(selected, "ACTIVE", "Set the status to ACTIVE"),
        changes=selected.status_changes("ACTIVE"),
        observes=selected.observations("ACTIVE"),
        undo=undo,
        touches=("container_instances", "tasks", "services"),
    )
