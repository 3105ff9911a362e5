from operator import attrgetter

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_safe

from ecsdash.access import changes, delegation
from ecsdash.access.changes import By
from ecsdash.access.decorators import require, require_manager, require_proof
from ecsdash.access.delegation import is_administrator
from ecsdash.access.forms import GrantForm
from ecsdash.access.grant_texts import capabilities_of, passed_roles_of
from ecsdash.access.models import Grant
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.views import crumbs
from ecsdash.access.views.confirm import Question, ask
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.table import Table

ACCOUNT = "access/cells.html#account"
PLACE = "access/cells.html#place"
COLUMNS = [
    Column("holder", "Team or user"),
    Column("role", "Role", path="role"),
    Column("account", "Account", path="account__alias", value=attrgetter("account_alias"), cell=ACCOUNT),
    Column("region", "Region", path="region", cell=PLACE, priority=2),
    Column("cluster", "Cluster", path="cluster", cell=PLACE, priority=2),
    Column("service", "Service", path="service", cell=PLACE, priority=2),
    Column("capabilities", "Capabilities", value=lambda grant: ", ".join(capabilities_of(grant)), priority=3),
    Column("pass_roles", "Roles that may be passed", value=lambda grant: ", ".join(passed_roles_of(grant)), priority=4),
    Column("expires_at", "Ends", path="expires_at", filter="", cell="access/cells.html#ends", priority=2),
    Column("note", "Note", path="note", sort="", priority=5),
]
SEARCH = ["team__name", "user__username", "role", "account__alias", "region", "cluster", "service", "note"]


@require(Permission.ADMIN)
@require_safe
def grants(request: UserRequest) -> HttpResponseBase:
    table = Table(
        request, Grant.objects.select_related("team", "user", "account"), COLUMNS, name="grants", title="Grants",
        order="account", search=SEARCH, row_menu="access/cells.html#row-menu", icon="key", empty="No grants yet",
        empty_hint="Without a grant, users can view and change nothing.", empty_url=reverse("access:new_grant"),
        empty_action="Add grant",
    )  # fmt: skip
    if response := table.alternative_response():
        return response
    return render(request, "access/grants.html", {"table": table, "crumbs": crumbs.grants()})


@require_manager
@require_http_methods(["GET", "HEAD", "POST"])
@require_proof
def new_grant(request: UserRequest) -> HttpResponse:
    begin = {"team": request.GET.get("team"), "user": request.GET.get("user")}
    form = GrantForm(request.user, request.POST or None, initial=begin)
    if request.method == "POST" and form.is_valid():
        try:
            grant = changes.add_grant(By.of(request), form.save(commit=False))
            return redirect(_page_of(request, grant))
        except changes.Refused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "crumbs": _crumbs(request, ("Add grant", request.path))}
    return render(request, "access/new_grant.html", context, status=422 if form.errors else 200)


@require_manager
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_grant(request: UserRequest, pk: int) -> HttpResponse:
    grant = get_object_or_404(Grant, pk=pk)
    if not is_administrator(request.user) and delegation.objection(request.user, grant):
        raise Http404
    back = _page_of(request, grant)
    question = Question(
        title=f"Revoke the {grant.role} role of {grant.holder}?",
        text=f"{_scope_in_words(grant)}. The permissions end immediately. "
        f"Capabilities: {', '.join(capabilities_of(grant)).lower() or 'none'}. "
        f"Roles that may be passed: {', '.join(passed_roles_of(grant)) or 'none'}.",
        button="Revoke grant",
        above=_crumbs(request) if is_administrator(request.user) else crumbs.team(request.user, (grant.holder, back)),
    )
    if request.method != "POST":
        return ask(request, question)
    try:
        changes.revoke_grant(By.of(request), grant)
    except changes.Refused as refused:
        return ask(request, question, str(refused))
    return redirect(back)


def _page_of(request: UserRequest, grant: Grant) -> str:
    """Return the address of the page that lists the grant for this user."""
    if is_administrator(request.user) or grant.team is None:
        return reverse("access:grants")
    return reverse("access:team", args=[grant.team.name])


def _crumbs(request: UserRequest, *pages: tuple[str, str]) -> crumbs.Crumbs:
    return crumbs.grants(*pages) if is_administrator(request.user) else crumbs.below_settings(*pages)


def _scope_in_words(grant: Grant) -> str:
    below = [(name, getattr(grant, name)) for name in ("region", "cluster", "service")]
    parts = [("account", grant.account_alias), *below]
    return capfirst(", ".join(f"all {name}s" if value == "*" else f"{name} {value}" for name, value in parts))
