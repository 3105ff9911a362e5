from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from ecsdash.access.policy import AccessTarget
from ecsdash.aws.limits import FARGATE_MEMORY, fargate_memory_choices
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import Action, ActionContext, ActionForm, register
from ecsdash.operations.plan import Output, Plan, Repeat, Step, Undo
from ecsdash.operations.refs import STEP_ID, ref
from services.forms.task_definition.advice import advice, image_checks, missing_log_groups
from services.forms.task_definition.diff import changes
from services.forms.task_definition.form import RegisterTaskDefinitionForm, original, reworked
from services.models import LogGroup, Repository, Secret
from services.runtime.task_definitions import STEP_TAG
from services.selectors import task_definitions


@register
class RegisterTaskDefinition(Action):
    name = "register_task_definition"
    label = "Register task definition"
    creates = "task_definition"
    path = "task-definitions/new/"
    form_class = RegisterTaskDefinitionForm
    template = "services/task_definitions/register.html"
    icon = "plus"
    calls = ("logs.create_log_group", "ecs.register_task_definition")
    watches = ("roles", "log_groups", "secrets", "repositories", "task_definitions")

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        alias, region = context.scope.account.alias, context.scope.region
        return AccessTarget(alias, region, service=data["definition"]["family"] if data else "")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        definition = data["definition"]
        family = definition["family"]
        latest = task_definitions.latest(context.user, context.scope, family)
        groups = missing_log_groups(context, definition) if data["create_log_groups"] else []
        before = original(context, latest.name) if latest else {}
        return Plan(
            summary=f"Register a new revision of {family}" if latest else f"Register the task definition {family}",
            resource_key=context.arn("ecs", f"task-definition/{family}:{latest.revision + 1 if latest else 1}"),
            resource_name=family,
            steps=(*(_create_log_group(n, group) for n, group in enumerate(groups)), _register(definition)),
            changes=changes(before, definition),
            checks=advice(context, definition, created=groups),
            live_checks=image_checks(definition, context.scope.account.account_id, context.scope.region),
            undo=_undo(context, family),
            outputs=(Output("Task definition", ref("register.taskDefinition.taskDefinitionArn")),),
            touches=("task_definitions", *(("log_groups",) if groups else ())),
        )

    def reworked(self, context: ActionContext, data: QueryDict) -> QueryDict | None:
        return reworked(context, data)

    def extra_context(self, context: ActionContext, form: ActionForm) -> dict[str, Any]:
        """What the fields suggest while somebody types."""
        cpu = str(form["cpu"].value() or "")
        return {
            "repositories": choices(Repository, context.user, context.scope),
            "log_groups": choices(LogGroup, context.user, context.scope),
            "secrets": choices(Secret, context.user, context.scope),
            "cpu_sizes": list(FARGATE_MEMORY),
            "memory_sizes": fargate_memory_choices(int(cpu)) if cpu.isdecimal() else [],
        }

    def back(self, context: ActionContext) -> str:
        return reverse("services:task_definitions", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Task definitions", self.back(context))]


def _create_log_group(number: int, name: str) -> Step:
    return Step(
        f"log_group_{number}",
        f"Create the log group {name}",
        call="logs.create_log_group",
        params={"logGroupName": name},
        tolerate=("ResourceAlreadyExistsException",),
    )


def _register(definition: Mapping[str, Any]) -> Step:
    return Step(
        "register",
        f"Register a revision of {definition['family']}",
        call="ecs.register_task_definition",
        params={**definition, "tags": [*definition.get("tags", []), {"key": STEP_TAG, "value": STEP_ID}]},
        repeat=Repeat.LOOKUP,
        lookup="revision_of_step",
    )


def _undo(context: ActionContext, family: str) -> Undo:
    where = {**context.scope.url_kwargs(), "family": family, "revision": ref("register.taskDefinition.revision")}
    return Undo("deregister_task_definition", "Deregister this revision", where)
