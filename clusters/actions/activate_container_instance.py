"""Activating one drained instance, and activating several that a table chose."""

from collections.abc import Mapping
from typing import Any

from clusters.models import ContainerInstance
from clusters.planning.base import ClusterAction, ContainerInstanceAction, InstancesForm, cluster_of
from clusters.planning.draining import Chosen, state_steps
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
        return "" if resource.status == "DRAINING" else f"The instance is {resource.status}: it is not drained."

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        row: ContainerInstance = context.resource
        undo = Undo("drain_container_instance", "Drain it again", row.url_kwargs())
        return plan_activate(Chosen.of(cluster_of(row), [row]), undo)


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
        kwargs, chosen = context.resource.url_kwargs(), {"row": [row.pk for row in rows]}
        undo = Undo("drain_container_instances", "Drain them again", kwargs, chosen)
        return plan_activate(Chosen.of(context.resource, rows), undo)


def plan_activate(chosen: Chosen, undo: Undo) -> Plan:
    if any(row.status != "DRAINING" for row in chosen.rows) or not chosen.rows:
        raise PlanError("Only draining instances can be activated. Choose at least one that is.", "row")
    return Plan(
        summary=f"Activate {chosen.words} of {chosen.cluster.name}",
        resource_key=chosen.resource_key,
        resource_name=chosen.names,
        steps=state_steps(chosen, "ACTIVE", "Let tasks be placed there again"),
        changes=chosen.status_changes("ACTIVE"),
        observes=chosen.observations(),
        undo=undo,
        touches=("container_instances", "tasks", "services"),
    )
