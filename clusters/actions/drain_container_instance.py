"""Draining one instance, and draining several that a table chose."""

from collections.abc import Mapping
from typing import Any

from clusters.models import ContainerInstance
from clusters.planning.base import ClusterAction, ContainerInstanceAction, InstancesForm, cluster_of
from clusters.planning.draining import Chosen, drained_step, room_check, standalone_check, state_steps
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
        return "" if resource.status == "ACTIVE" else f"The instance is {resource.status}."

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        row: ContainerInstance = context.resource
        undo = Undo("activate_container_instance", "Activate it again", row.url_kwargs())
        return plan_drain(Chosen.of(cluster_of(row), [row]), undo)


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
        kwargs, chosen = context.resource.url_kwargs(), {"row": [row.pk for row in rows]}
        undo = Undo("activate_container_instances", "Activate them again", kwargs, chosen)
        return plan_drain(Chosen.of(context.resource, rows), undo)


def plan_drain(chosen: Chosen, undo: Undo) -> Plan:
    if any(row.status != "ACTIVE" for row in chosen.rows) or not chosen.rows:
        raise PlanError("Only active instances can be drained. Choose at least one that is.", "row")
    standalone = standalone_check(chosen, terminates=False)
    return Plan(
        summary=f"Drain {chosen.words} of {chosen.cluster.name}",
        resource_key=chosen.resource_key,
        resource_name=chosen.names,
        steps=(*state_steps(chosen, "DRAINING", "Place no more tasks there"), drained_step(chosen)),
        changes=chosen.status_changes("DRAINING"),
        checks=(room_check(chosen), *([standalone] if standalone else [])),
        observes=chosen.observations(),
        undo=undo,
        touches=("container_instances", "tasks", "services"),
    )
