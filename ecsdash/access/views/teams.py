from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecsdash.access import changes
from ecsdash.access.changes import By
from ecsdash.access.decorators import require, require_manager, require_proof
from ecsdash.access.delegation import is_administrator, manages
from ecsdash.access.forms import MemberForm, TeamForm
from ecsdash.access.models import Membership, Team
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.views import crumbs
from ecsdash.access.views.confirm import Question, ask
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.table import Table

COLUMNS = [
    Column("name", "Team", path="name"),
    Column("member_count", "Members", path="member_count", filter="", align="end"),
    Column("grant_count", "Grants", path="grant_count", filter="", align="end"),
]


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def teams(request: UserRequest) -> HttpResponseBase:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        team = changes.create_team(By.of(request), form.cleaned_data["name"])
        return redirect("access:team", team.name)
    table = _table(request)
    if response := table.alternative_response():
        return response
    context = {"table": table, "form": form, "crumbs": crumbs.teams()}
    return render(request, "access/teams.html", context, status=422 if form.errors else 200)


@require_manager
@require_safe
def team(request: UserRequest, name: str) -> HttpResponse:
    return _page(request, _managed_team(request, name))


@require_manager
@require_POST
@require_proof
def add_member(request: UserRequest, name: str) -> HttpResponse:
    team = _managed_team(request, name)
    form = MemberForm(team, request.user, request.POST)
    if form.is_valid():
        try:
            changes.add_member(By.of(request), team, form.cleaned_data["user"])
            return redirect("access:team", team.name)
        except changes.Refused as refused:
            form.add_error(None, str(refused))
    return _page(request, team, form)


@require(Permission.ADMIN)
@require_POST
@require_proof
def set_manager(request: UserRequest, name: str, username: str) -> HttpResponse:
    """Make a member a manager of the team with `manager=1`; without it, end that."""
    membership = get_object_or_404(Membership, team__name=name, user__username=username, by_group="")
    changes.set_manager(By.of(request), membership, manager="manager" in request.POST)
    return redirect("access:team", name)


@require_manager
@require_http_methods(["GET", "HEAD", "POST"])
def remove_member(request: UserRequest, name: str, username: str) -> HttpResponse:
    team = _managed_team(request, name)
    membership = get_object_or_404(Membership, team=team, user__username=username, by_group="")
    question = Question(
        title=f"Remove {username} from {name}?",
        text="The user loses the permissions of the team's grants immediately.",
        button="Remove member",
        above=crumbs.team(request.user, (name, reverse("access:team", args=[name]))),
    )
    if request.method != "POST":
        return ask(request, question)
    try:
        changes.remove_member(By.of(request), membership)
    except changes.Refused as refused:
        return ask(request, question, str(refused))
    return redirect("access:team", name)


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_team(request: UserRequest, name: str) -> HttpResponse:
    team = get_object_or_404(Team, name=name)
    question = Question(
        title=f"Delete team {name}?",
        text=f"The team's grants ({team.grants.count()}) are deleted, and the ownership rules that name it "
        f"({team.owns.count()}). Its users ({team.members.count()}) are kept.",
        button="Delete team",
        above=crumbs.teams((name, reverse("access:team", args=[name]))),
    )
    if request.method != "POST":
        return ask(request, question)
    try:
        changes.delete_team(By.of(request), team)
    except changes.Refused as refused:
        return ask(request, question, str(refused))
    return redirect("access:teams")


def _managed_team(request: UserRequest, name: str) -> Team:
    """Return the team. Raise Http404 unless the user manages it."""
    team = get_object_or_404(Team, name=name)
    if not manages(request.user, team):
        raise Http404
    return team


def _table(request: UserRequest) -> Table:
    rows = Team.objects.annotate(
        member_count=Count("memberships", distinct=True), grant_count=Count("grants", distinct=True)
    )
    return Table(
        request, rows, COLUMNS, name="teams", title="Teams", order="name", search=["name"],
        row_url=lambda row: reverse("access:team", args=[row.name]), icon="users",
        empty="No teams yet", empty_hint="A team is a group of users that share grants.",
    )  # fmt: skip


def _page(request: UserRequest, team: Team, form: MemberForm | None = None) -> HttpResponse:
    context = {
        "team": team,
        "memberships": team.memberships.select_related("user").order_by("user__username"),
        "grants": list(team.grants.in_force().select_related("account")),
        "rules": team.owns.count(),
        "groups": team.groups.all(),
        "form": form or MemberForm(team, request.user),
        "is_admin": is_administrator(request.user),
        "crumbs": crumbs.team(request.user, (team.name, request.path)),
    }
    return render(request, "access/team.html", context, status=422 if form else 200)
