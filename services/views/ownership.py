"""Page "Who owns what": every known resource of an account and region with its owner, and why."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.list_states import table_states
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.tables.list_table import ListTable
from services.ownership.owners import NOUNS, Overview, OwnedThing, Ownership
from services.tables.ownership import ADD_RULE, COLUMNS

UNOWNED = "unowned"  # value of `?show=`
SEARCH = ("name", "kind", "owner", "places")


@require_safe
@scoped(*NOUNS)
def who_owns_what(request: PageRequest, scope: Scope) -> HttpResponseBase:
    rows = Overview(request.user, scope).rows()
    unowned = [row for row in rows if row.state is Ownership.IN_USE]
    show = UNOWNED if request.GET.get("show") == UNOWNED else ""
    is_admin = policy.can(request.user, Permission.ADMIN, AccessTarget())
    state = freshness(scope, *NOUNS)
    table = ListTable(
        request,
        unowned if show else rows,
        [*COLUMNS, ADD_RULE] if show and is_admin else COLUMNS,
        name=show or "owners",
        title="Unowned resources in use" if show else "Resources",
        order="",
        search=SEARCH,
        row_key=_number,
        icon="tag",
        empty="Every resource in use has an owner" if rows else "No resources yet",
        empty_hint="" if rows else "Resources that the inventory knows are listed here.",
        **({} if rows else table_states(state)),
    )
    if response := table.alternative_response():
        return response
    context = {
        "table": table,
        "show": show,
        "unowned": len(unowned),
        "number": len(rows),
        "is_admin": is_admin,
        "freshness": state,
        "crumbs": [("Who owns what", reverse("services:ownership", kwargs=scope.url_kwargs()))],
    }
    return render(request, "services/ownership.html", context)


def _number(row: OwnedThing) -> str:
    return str(row.number)
