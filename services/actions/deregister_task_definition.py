from collections.abc import Mapping
from typing import Any

from ecsdash.operations.actions import Action, ActionContext, register
from ecsdash.operations.plan import Change, Check, Level, Plan, Step
from services.models import TaskDefinition
from services.selectors import task_definitions


@register
class DeregisterTaskDefinition(Action):
    name = "deregister_task_definition"
    label = "Deregister"
    resource_type = TaskDefinition
    path = "task-definitions/<str:family>/<int:revision>/deregister/"
    icon = "trash"
    calls = ("ecs.deregister_task_definition",)
    watches = ("services",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        definition: TaskDefinition = context.resource
        users = [service.name for service in task_definitions.services_using(context.user, definition)]
        return Plan(
            summary=f"Deregister task definition {definition.name}",
            resource_key=definition.arn,
            resource_name=definition.name,
            steps=(
                Step(
                    "deregister",
                    f"Deregister {definition.name}",
                    call="ecs.deregister_task_definition",
                    params={"taskDefinition": definition.name},
                ),
            ),
            changes=(Change("status", definition.status, "INACTIVE"),),
            checks=(_users(users), _others(context, definition)),
            risks=("The revision cannot become active again. A copy of it gets a new revision number.",),
            touches=("task_definitions",),
        )

    def unavailable(self, resource: TaskDefinition) -> str:
        return "" if resource.active else "This revision is already inactive."


def _users(names: list[str]) -> Check:
    if not names:
        return Check(Level.OK, "No service uses this revision")
    return Check(
        Level.WARN,
        f"In use by {', '.join(names)}",
        "These services keep running and can replace tasks. New services and deployments cannot use the revision.",
        "Deploy another revision to these services first.",
    )


def _others(context: ActionContext, definition: TaskDefinition) -> Check:
    family = task_definitions.revisions(context.user, context.scope).filter(family=definition.family, status="ACTIVE")
    if family.exclude(pk=definition.pk).exists():
        return Check(Level.OK, f"{definition.family} has other active revisions")
    return Check(Level.WARN, f"This is the last active revision of {definition.family}")
