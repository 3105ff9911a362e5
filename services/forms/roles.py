"""Role fields of task definitions: the roles of the account, and a usual role that the plan can create."""

from collections.abc import Sequence
from typing import Any

from django import forms

from clusters.forms.offers import hint_at_hidden, offer_options
from clusters.forms.usual_roles import ECS_TASKS, UsualRole
from clusters.models import Role
from ecsdash.access import ownership
from ecsdash.access.references import Reference
from ecsdash.inventory.choices import choices
from ecsdash.inventory.freshness import freshness
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.offers import permitted

REGISTER = "ecs.register_task_definition"


class RoleField(forms.ChoiceField):
    """Choice of a role by ARN. Accepts a name without path too, which some definitions contain."""

    arns: Sequence[str] = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return self._arn(str(value or ""))

    def to_python(self, value: Any) -> str:
        return self._arn(super().to_python(value))

    def _arn(self, role: str) -> str:
        if not role or "/" in role:
            return role
        return next((arn for arn in self.arns if arn.endswith(f"/{role}")), role)


def offer_roles(form: Any, field: str, usual: UsualRole | None = None) -> None:
    """Set the choices of `field`: create the `usual` role, roles that trust ECS tasks, then the other roles."""
    every = list(choices(Role, form.context.user, form.context.scope))
    roles = passable(form, every)
    hint_at_hidden(form, field, len(every) - len(roles))
    fitting = [(role.arn, role.name) for role in roles if ECS_TASKS in role.trusts]
    others = [(role.arn, f"{role.name} (does not trust ECS tasks)") for role in roles if ECS_TASKS not in role.trusts]
    new = []
    if usual and missing(form.context, usual):
        new = [
            (
                usual.arn(form.context.scope.account.account_id, form.context.scope.region),
                f"Create {usual.name} with {usual.policy_name}",
            )
        ]
    options = [*new, *fitting, *others]
    offer_options(form, field, Role, [("", "None"), *options])
    offered = form.fields[field]
    offered.arns = [arn for arn, _ in options]
    named = offered.prepare_value("" if form.is_bound else form.initial.get(field))
    if named and named not in offered.arns:
        name = named.rpartition("/")[2]
        offered.help_text = f"The role {name} of this revision was not found in the account. Choose another role."


def passable(form: Any, roles: Sequence[Role]) -> list[Role]:
    """Return the roles that the person may pass, and those of the latest revision of the family, which may stay."""
    family = str((form.data.get("family") if form.is_bound else form.initial.get("family")) or "")
    judge, present = form.context.judge, ownership.PRESENT[REGISTER]
    named = present(judge.where, {"family": family}, judge.holds) if family else ()
    kept = [each for each in named if isinstance(each, Reference) and each.kind == Role.NOUN]
    allowed = {role.arn for role in permitted(form.context, roles)}
    allowed |= {
        each.named.key for each in judge.judge(kept, kept) if isinstance(each.named, Reference) and not each.refusal
    }
    return [role for role in roles if role.arn in allowed]


def usual_role(context: ActionContext, usual: UsualRole) -> str:
    """Return the ARN of the usual role if it exists or can be created, else an empty string."""
    found = choices(Role, context.user, context.scope).filter(name=usual.name).first()
    if found is not None:
        return found.arn
    return usual.arn(context.scope.account.account_id, context.scope.region) if missing(context, usual) else ""


def missing(context: ActionContext, usual: UsualRole) -> bool:
    """Return whether the account lacks the role; False before its roles were first listed."""
    if freshness(context.scope, "roles").seen_at is None:
        return False
    return not choices(Role, context.user, context.scope).filter(name=usual.name).exists()
