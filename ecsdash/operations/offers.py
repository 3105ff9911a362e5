"""What forms may offer: the rows of the inventory that the person may use for this change."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from ecsdash.access import ownership
from ecsdash.access.ownership import Thing
from ecsdash.access.references import How
from ecsdash.inventory.models import Resource
from ecsdash.operations.actions import ActionContext

Row = TypeVar("Row", bound=Resource)
#: Kinds whose rows are judged; of others (instance types, images) everybody may use every row.
JUDGED = {*ownership.KINDS, *ownership.FOLLOWS}


def permitted(context: ActionContext, rows: Iterable[Row]) -> list[Row]:
    """Return the rows that the person may use, or pass if they are roles."""
    listed = list(rows)
    if not listed or listed[0].NOUN not in JUDGED:
        return listed
    kind = listed[0].NOUN
    known = things(context, kind)
    return [
        row
        for row in listed
        if context.judge.may_offer(
            how_used(kind), known.get(row.arn) or known.get(row.name) or Thing(kind, row.name, True, row.tags)
        )
    ]


def things(context: ActionContext, kind: str) -> Mapping[str, Thing]:
    """Return the things of a kind with the places that use them; none when these cannot matter."""
    find = ownership.THINGS.get(kind)
    if find is None or (how_used(kind) is How.USES and context.judge.everywhere):
        return {}
    return find(context.judge.where, None)


def how_used(kind: str) -> How:
    return How.PASSES if kind in ("role", "instance_profile") else How.USES
