from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from ecsdash.inventory.scope import Scope
from ecsdash.operations.actions import Action, ActionContext, register
from ecsdash.operations.plan import Change, Check, Danger, Level, Plan
from services.models import TaskDefinition
from services.planning.revisions import (
    DELETE,
    FOR_EVER,
    TOUCHED,
    delete_steps,
    known_check,
    not_running,
    not_scheduled,
)
from services.selectors.revision_use import NOUNS, in_use


@register
class DeleteTaskDefinition(Action):
    """Deletes one revision that is deregistered already."""

    name = "delete_task_definition"
    label = "Delete revision"
    danger = Danger.LOSES
    resource_type = TaskDefinition
    path = "task-definitions/<str:family>/<int:revision>/delete/"
    icon = "trash"
    calls = (DELETE,)
    watches = NOUNS

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        definition: TaskDefinition = context.resource
        scope = Scope(definition.account, definition.region)
        used = [why for arn, why in in_use(context.user, scope, definition.family) if arn == definition.arn]
        return Plan(
            summary=f"Delete task definition {definition.name}",
            resource_key=definition.arn,
            resource_name=definition.name,
            steps=delete_steps([definition]),
            changes=(Change("status", definition.status, "deleted"),),
            checks=(known_check(scope), _use_check(sorted(set(used)))),
            live_checks=(not_scheduled(scope, [definition]),),
            observes=(not_running(scope, definition.family, [definition]),),
            risks=(FOR_EVER,),
            touches=TOUCHED,
        )

    def unavailable(self, resource: Any) -> str:
        if resource.active:
            return "This revision is active. Deregister it first."
        return "" if resource.status == "INACTIVE" else "This revision is being deleted."

    def back(self, context: ActionContext) -> str:
        kwargs = {**context.scope.url_kwargs(), "family": context.resource.family}
        return reverse("services:task_definition_family", kwargs=kwargs)


def _use_check(used: list[str]) -> Check:
    if not used:
        return Check(Level.OK, "No service, deployment or task uses this revision")
    title = "This revision is in use"
    return Check(Level.BLOCK, title, "; ".join(used), "Deploy another revision first, and stop the tasks.")
