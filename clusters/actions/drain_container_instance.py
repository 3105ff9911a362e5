"""Drain one instance, or several that were selected in the table."""

from collections.abc import Mapping
from typing import Any

from clusters.models import ContainerInstance
from clusters.planning.base import ClusterAction, ContainerInstanceAction, InstancesForm, cluster_of
from clusters.planning.draining import SelectedInstances, capacity_checks, drained_step, standalone_check, state_steps
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Danger, Plan, PlanError, Undo

CALLS = ("ecs.update_container_instances_state",)


@register
class DrainContainerInstance(ContainerInstanceAction):
    name = "drain_container_instance"
    label = "Drain"
    danger = Danger.CHANGES
    path = "clusters/<str:cluster>/instances/<str:instance>/drain/"
    icon = "player-pause"
    calls = CALLS

    def unavailable(self, resource: ContainerInstance) -> str:
        return "" if resource.status == "ACTIVE" else f"The instance is {resource.status}, not ACTIVE."

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        row: ContainerInstance = context.resource
        undo = Undo("activate_container_instance", "activate the instance again", row.url_kwargs())
        return plan_drain(context, SelectedInstances.of(cluster_of(row), [row]), undo)


@register
class DrainContainerInstances(ClusterAction):
    name = "drain_container_instances"
    label = "Drain instances"
    danger = Danger.CHANGES
    path = "clusters/<str:cluster>/instances/drain/"
    icon = "player-pause"
    form_class = InstancesForm
    template = "clusters/choose_instances.html"
    calls = CALLS

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        rows = [row for row in data["row"] if row.status == "ACTIVE"]
        kwargs, undo_data = context.resource.url_kwargs(), {"row": [row.pk for row in rows]}
        undo = Undo("activate_container_instances", "activate the instances again", kwargs, undo_data)
        return plan_drain(context, SelectedInstances.of(context.resource, rows), undo)


def plan_drain(context: ActionContext, selected: SelectedInstances, undo: Undo) -> Plan:
    if any(row.status != "ACTIVE" for row in selected.rows) or not selected.rows:
        raise PlanError("Only active instances can be drained. Select at least one active instance.", "row")
    standalone = standalone_check(selected, terminates=False)
    return Plan(
        summary=f"Drain {selected.label} in {selected.cluster.name}",
        resource_key=selected.resource_key,
        resource_name=selected.names,
        steps=(*state_steps(selected, "DRAINING", "Set the status to DRAINING"), drained_step(selected)),
        changes=selected.status_changes("DRAINING"),
        checks=(*capacity_checks(context, selected), *([standalone] if standalone else [])),
        observes=selected.observations("DRAINING"),
        undo=undo,
        touches=("container_instances", "tasks", "services"),
    )
