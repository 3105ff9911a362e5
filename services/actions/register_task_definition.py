from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from clusters.planning.roles import role_steps
from ecsdash.access import policy
from ecsdash.access.targets import AccessTarget
from ecsdash.masking import pointer
from ecsdash.operations.actions import Action, ActionContext, ActionForm, register
from ecsdash.operations.document_forms import is_button
from ecsdash.operations.plan import Output, Plan, Undo
from ecsdash.operations.refs import ref
from services.documents.comparison import changes
from services.forms.task_definition.checks import definition_checks, missing_log_groups
from services.forms.task_definition.form import RegisterTaskDefinitionForm, original, revision_of
from services.forms.task_definition.revealed import hidden_containers, with_values
from services.planning.live_checks import live_checks
from services.planning.revealing import may_reveal, reveal
from services.planning.task_definitions import CALLS, REVISION_ARN, log_group_step, new_role, register_step
from services.selectors import task_definitions


class EditsTaskDefinition(Action):
    """An action whose form is the document of a task definition."""

    def reworked(self, context: ActionContext, data: QueryDict) -> QueryDict | None:
        if container := data.get("reveal"):
            return _revealed(context, data, container)
        return data if is_button(data) else None

    def extra_context(self, context: ActionContext, form: ActionForm) -> dict[str, Any]:
        origin = revision_of(context, str(form["origin"].value() or ""))
        revealable = []
        if isinstance(form, RegisterTaskDefinitionForm) and origin and may_reveal(context.user, origin):
            revealable = hidden_containers(form.state.document, origin.description)
        return {"revealable": revealable, "proved": context.proved}


@register
class RegisterTaskDefinition(EditsTaskDefinition):
    name = "register_task_definition"
    label = "Register task definition"
    creates = "task_definition"
    path = "task-definitions/new/"
    form_class = RegisterTaskDefinitionForm
    template = "services/task_definitions/register.html"
    icon = "plus"
    calls = CALLS
    watches = ("roles", "log_groups", "secrets", "repositories", "task_definitions")

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        alias, region = context.scope.account.alias, context.scope.region
        return AccessTarget(alias, region, service=data["definition"]["family"] if data else "")

    def may_open(self, context: ActionContext) -> bool:
        """Return whether the user may register some family. The submitted family is checked again."""
        return policy.can_within(context.user, self.permission, self.access_target(context))

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        definition = data["definition"]
        family = definition["family"]
        latest = task_definitions.latest(context.user, context.scope, family)
        groups = missing_log_groups(context, definition) if data["create_log_groups"] else []
        before = original(context, latest.name) if latest else {}
        role = new_role(context, definition)
        return Plan(
            summary=f"Register a new revision of {family}" if latest else f"Register the task definition {family}",
            resource_key=context.arn("ecs", f"task-definition/{family}:{latest.revision + 1 if latest else 1}"),
            resource_name=family,
            steps=(
                *(role_steps(role, context.scope.account, context.scope.region) if role else ()),
                *(log_group_step(n, group) for n, group in enumerate(groups)),
                register_step(definition, role),
            ),
            changes=changes(before, definition),
            checks=definition_checks(context, definition, created=groups, new_role=role),
            live_checks=live_checks(context, definition),
            undo=_undo(context, family),
            outputs=(Output("Task definition", REVISION_ARN),),
            touches=("task_definitions", *(("log_groups",) if groups else ()), *(("roles",) if role else ())),
        )

    def back(self, context: ActionContext) -> str:
        return reverse("services:task_definitions", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Task definitions", self.back(context))]


def _revealed(context: ActionContext, data: QueryDict, name: str) -> QueryDict:
    """Return the posted data with the hidden values of one container of the copied revision."""
    origin = revision_of(context, data.get("origin", ""))
    place = pointer("containerDefinitions", name)
    if origin is None or not context.proved or not reveal(context.user, origin, place, context.source_ip):
        return data.copy()
    containers = {each["name"]: each for each in origin.description["containerDefinitions"]}
    return with_values(data, containers[name]) if name in containers else data.copy()


def _undo(context: ActionContext, family: str) -> Undo:
    where = {**context.scope.url_kwargs(), "family": family, "revision": ref("register.taskDefinition.revision")}
    return Undo("deregister_task_definition", "deregister this revision", where)
