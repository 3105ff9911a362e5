"""Roles that a task definition may name: those of the account, and a usual role that the plan can create."""

from collections.abc import Sequence

from clusters.forms.usual_roles import ECS_TASKS, UsualRole
from clusters.models import Role
from ecsdash.access import ownership
from ecsdash.access.references import Reference
from ecsdash.inventory.choices import choices
from ecsdash.inventory.freshness import freshness
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.offers import permitted

REGISTER = "ecs.register_task_definition"
Options = list[tuple[str, str]]


def offered_roles(
    context: ActionContext, family: str, present: str, usual: UsualRole | None = None
) -> tuple[Options, int]:
    """Return the roles as options, by ARN, and how many the person may not use: create the `usual` role, roles that
    trust ECS tasks, then the others. `present` is the role of the document, perhaps by its name without the path."""
    every = list(choices(Role, context.user, context.scope))
    roles = passable(context, family, every)
    fitting = [(role.arn, role.name) for role in roles if ECS_TASKS in role.trusts]
    others = [(role.arn, f"{role.name} (does not trust ECS tasks)") for role in roles if ECS_TASKS not in role.trusts]
    new = []
    if usual and missing(context, usual):
        arn = usual.arn(context.scope.account.account_id, context.scope.region)
        new = [(arn, f"Create {usual.name} with {usual.policy_name}")]
    options = [*new, *fitting, *others]
    if present and any(arn.endswith(f"/{present}") for arn, _ in options):
        options.append((present, present))
    return options, len(every) - len(roles)


def passable(context: ActionContext, family: str, roles: Sequence[Role]) -> list[Role]:
    """Return the roles that the person may pass, and those of the latest revision of the family, which may stay."""
    judge, present = context.judge, ownership.PRESENT[REGISTER]
    named = present(judge.where, {"family": family}, judge.holds) if family else ()
    kept = [each for each in named if isinstance(each, Reference) and each.kind == Role.NOUN]
    allowed = {role.arn for role in permitted(context, roles)}
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
