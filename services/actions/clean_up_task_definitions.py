from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from ecsdash.inventory.scope import Scope
from ecsdash.operations.actions import Action, ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Danger, Level, Plan, PlanError
from ecsdash.web.formatting import counted
from services.models import TaskDefinition
from services.planning.revisions import (
    DELETE,
    DEREGISTER,
    FOR_EVER,
    TOUCHED,
    delete_steps,
    deregister_steps,
    known_check,
    not_running,
    not_scheduled,
)
from services.selectors.revision_use import NOUNS, deletable, reasons

#: Most revisions of one operation: ECS accepts one call per second that deregisters.
MOST = 100


class CleanUpTaskDefinitionsForm(ActionForm):
    keep = forms.IntegerField(
        label="Keep the newest", min_value=1, max_value=1000, initial=10, help_text="Active revisions that stay."
    )
    days = forms.IntegerField(
        label="Keep what ran within",
        min_value=0,
        max_value=3650,
        initial=30,
        help_text="Days. Revisions that were registered or started tasks since then stay.",
    )
    how = forms.ChoiceField(
        label="Unused revisions",
        choices=[("deregister", "Deregister"), ("delete", "Deregister and delete")],
        initial="deregister",
        help_text="A deregistered revision can still be read. A deleted revision is gone.",
    )


@register
class CleanUpTaskDefinitions(Action):
    """Deregisters or deletes revisions of a family that nothing uses. The resource is any revision of the family."""

    name = "clean_up_task_definitions"
    label = "Clean up unused revisions"
    danger = Danger.LOSES
    resource_type = TaskDefinition
    path = "task-definitions/<str:family>/<int:revision>/clean-up/"
    icon = "trash"
    form_class = CleanUpTaskDefinitionsForm
    calls = (DEREGISTER, DELETE)
    watches = (*NOUNS, *TOUCHED)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        family, scope = context.resource.family, Scope(context.resource.account, context.resource.region)
        rows, deletes = deletable(scope, family), data["how"] == "delete"
        kept = reasons(context.user, rows, data["keep"], data["days"])
        unused = [row for row in reversed(rows) if not kept[row.arn] and (deletes or row.active)]
        if not unused:
            raise PlanError(f"Every revision of {family} stays: {_summary(kept)}. Keep fewer revisions or days.")
        chosen = unused[:MOST]
        act = "Delete" if deletes else "Deregister"
        return Plan(
            summary=f"{act} {counted(len(chosen), 'unused revision')} of {family}",
            resource_key=context.arn("ecs", f"task-definition/{family}"),
            resource_name=family,
            steps=(
                *deregister_steps(row for row in chosen if row.active),
                *(delete_steps(chosen) if deletes else ()),
            ),
            changes=_changes(rows, kept, chosen, "deleted" if deletes else "INACTIVE"),
            checks=(known_check(scope), _unused_check(chosen, unused)),
            live_checks=(not_scheduled(scope, chosen),),
            observes=(not_running(scope, family, chosen),),
            risks=(FOR_EVER if deletes else "A deregistered revision cannot become active again.",),
            touches=TOUCHED,
        )

    def back(self, context: ActionContext) -> str:
        kwargs = {**context.scope.url_kwargs(), "family": context.resource.family}
        return reverse("services:task_definition_family", kwargs=kwargs)


def _changes(
    rows: list[TaskDefinition], kept: Mapping[str, list[str]], chosen: list[TaskDefinition], after: str
) -> tuple[Change, ...]:
    """Return a line for each revision: what becomes of it, or why it stays."""
    going, lines = {row.arn for row in chosen}, []
    for row in rows:
        why = "; ".join(kept[row.arn]) or ("is deregistered already" if not row.active else "the next clean-up")
        becomes = f"{after}: nothing uses it" if row.arn in going else f"{row.status}: kept, {why}"
        lines.append(Change(row.name, row.status, becomes))
    return tuple(lines)


def _unused_check(chosen: list[TaskDefinition], unused: list[TaskDefinition]) -> Check:
    title = f"No service, deployment or recent task uses {counted(len(chosen), 'revision')}"
    if len(chosen) == len(unused):
        return Check(Level.OK, title)
    detail = f"{len(unused) - len(chosen)} more are unused. One operation removes at most {MOST}, the oldest first."
    return Check(Level.WARN, title, detail, "Clean up again afterwards.")


def _summary(kept: Mapping[str, list[str]]) -> str:
    every = dict.fromkeys(reason for reasons in kept.values() for reason in reasons)
    return ", ".join(list(every)[:3]) or "there are none to remove"
