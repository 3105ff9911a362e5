from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from ecsdash.access.policy import Where
from ecsdash.operations.actions import Action, ActionContext, register
from ecsdash.operations.plan import Output, Plan, Repeat, Step
from ecsdash.operations.refs import STEP_ID, ref
from services.conditions.task_definitions import STEP_TAG
from services.definitions.advice import advice, image_checks
from services.definitions.diff import changes
from services.forms.task_definition import RegisterTaskDefinitionForm
from services.selectors import task_definitions


@register
class RegisterTaskDefinition(Action):
    name = "register_task_definition"
    label = "Register task definition"
    creates = "task_definition"
    path = "task-definitions/new/"
    form_class = RegisterTaskDefinitionForm
    icon = "plus"
    calls = ("ecs.register_task_definition",)
    watches = ("roles", "log_groups", "secrets", "repositories", "task_definitions")

    def where(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> Where:
        alias, region = context.scope.account.alias, context.scope.region
        return Where(alias, region, service=data["json"]["family"] if data else "")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        definition = data["json"]
        family = definition["family"]
        latest = task_definitions.by_name(context.user, context.scope, family)
        number = latest.revision + 1 if latest else 1
        params = {**definition, "tags": [*definition.get("tags", []), {"key": STEP_TAG, "value": STEP_ID}]}
        return Plan(
            summary=f"Register {family} as a new revision" if latest else f"Register the task definition {family}",
            resource_key=context.arn("ecs", f"task-definition/{family}:{number}"),
            resource_name=family,
            steps=(
                Step(
                    "register",
                    f"Register a revision of {family}",
                    call="ecs.register_task_definition",
                    params=params,
                    repeat=Repeat.LOOKUP,
                    lookup="revision_of_step",
                ),
            ),
            changes=changes(latest.description if latest else {}, definition),
            checks=advice(context, definition),
            live_checks=image_checks(definition, context.scope.account.account_id, context.scope.region),
            outputs=(Output("Task definition", ref("register.taskDefinition.taskDefinitionArn")),),
            touches=("task_definitions",),
        )

    def back(self, context: ActionContext) -> str:
        return reverse("services:task_definitions", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Task definitions", self.back(context))]
