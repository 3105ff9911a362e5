"""Choice of a task definition in forms."""

from ecsdash.access.ownership import Thing
from ecsdash.access.references import How
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.offers import things
from services.models import TaskDefinition
from services.selectors import task_definitions

Groups = list[tuple[str, list[tuple[str, str]]]]


def offered_definitions(context: ActionContext, each: int) -> Groups:
    """Return the families that the person may use, with the `each` newest revisions as options."""
    kind = TaskDefinition.NOUN
    known = things(context, kind)
    groups = task_definitions.offered(context.user, context.scope, each)
    return [
        (family, options)
        for family, options in groups
        if context.judge.may_offer(How.USES, known.get(family) or Thing(kind, family, True))
    ]
