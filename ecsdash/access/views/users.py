from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecsdash.access import adapter, changes, sign_in_changes
from ecsdash.access.changes import By
from ecsdash.access.decorators import require, require_proof
from ecsdash.access.delegation import shown_grants
from ecsdash.access.forms import UserForm
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.second_factors import second_factors_of
from ecsdash.access.views import crumbs
from ecsdash.access.views.confirm import Question, ask
from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.table import Table

COLUMNS = [
    Column("username", "User", path="username"),
    Column("name", "Name", path="first_name", filter="", value=User.get_full_name, priority=2),
    Column("teams", "Teams", value=lambda user: ", ".join(sorted(team.name for team in user.teams.all())), priority=2),
    Column("is_active", "Status", path="is_active", filter="", cell="access/cells.html#sign-in"),
    Column("last_login", "Last sign-in", path="last_login", filter="", cell=ago, priority=2),
]


@require(Permission.ADMIN)
@require_safe
def users(request: UserRequest) -> HttpResponseBase:
    table = Table(
        request, User.objects.prefetch_related("teams"), COLUMNS, name="users", title="Users", order="username",
        search=["username", "first_name", "last_name"], icon="user",
        row_url=lambda user: reverse("access:user", args=[user.pk]),
    )  # fmt: skip
    if response := table.alternative_response():
        return response
    return render(request, "access/users.html", {"table": table, "crumbs": crumbs.users()})


@require(Permission.ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_user(request: UserRequest) -> HttpResponse:
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user, password = changes.create_user(By.of(request), **form.cleaned_data)
        return _show_once(request, user, password)
    context = {"form": form, "crumbs": crumbs.users(("Create user", request.path))}
    return render(request, "access/new_user.html", context, status=422 if form.errors else 200)


@require(Permission.ADMIN)
@require_safe
def user(request: UserRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    context = {
        "person": person,
        "grants": shown_grants(person),
        "teams": person.teams.all(),
        "second_factors": second_factors_of(person),
        "sessions": len(sign_in_changes.open_sessions(person)),
        "locked": adapter.is_locked(request, person),
        "linked": SocialAccount.objects.filter(user=person).exists(),
        "provider": settings.OIDC_NAME if settings.OIDC_SERVER else "",
        "crumbs": crumbs.users((person.get_username(), request.path)),
    }
    return render(request, "access/user.html", context)


@require(Permission.ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_proof
def reset_password(request: UserRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        return _show_once(request, person, changes.reset_password(By.of(request), person))
    text = "The current password stops working and all sessions of the user end. The new password is shown once."
    return ask(request, _question(person, f"Reset the password of {person}?", text, "Reset password"))


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def deactivate(request: UserRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    text = "The user can no longer sign in, and all sessions of the user end. The audit trail keeps the user's actions."
    question = _question(person, f"Deactivate {person}?", text, "Deactivate user")
    if request.method != "POST":
        return ask(request, question)
    try:
        changes.set_active(By.of(request), person, active=False)
    except changes.Refused as refused:
        return ask(request, question, str(refused))
    return redirect("access:user", pk)


@require(Permission.ADMIN)
@require_POST
def activate(request: UserRequest, pk: int) -> HttpResponse:
    changes.set_active(By.of(request), get_object_or_404(User, pk=pk), active=True)
    return redirect("access:user", pk)


def _question(person: User, title: str, text: str, button: str) -> Question:
    above = crumbs.users((person.get_username(), reverse("access:user", args=[person.pk])))
    return Question(title, text, button, above)


def _show_once(request: UserRequest, person: User, password: str) -> HttpResponse:
    """Render the password as the response to the POST, so that it appears in no session, address or log."""
    here = f"Password of {person}"
    context = {"person": person, "password": password, "crumbs": crumbs.users((here, request.path))}
    return render(request, "access/password.html", context)
