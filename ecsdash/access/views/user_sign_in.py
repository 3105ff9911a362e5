"""What administrators do about the sign-in of a user: locks, second factors, sessions, single sign-on, break-glass."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ecsdash.access import sign_in_changes
from ecsdash.access.changes import By, Refused
from ecsdash.access.decorators import require, require_proof
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.views import crumbs
from ecsdash.access.views.confirm import Question, ask


@require(Permission.ADMIN)
@require_POST
def unlock(request: UserRequest, pk: int) -> HttpResponse:
    sign_in_changes.unlock(request, get_object_or_404(User, pk=pk))
    return redirect("access:user", pk)


@require(Permission.ADMIN)
@require_POST
def end_all_sessions(request: UserRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    sign_in_changes.end_sessions(By.of(request), person, sign_in_changes.open_sessions(person))
    return redirect("access:user", pk)


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@require_proof
def reset_second_factor(request: UserRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        sign_in_changes.reset_second_factor(By.of(request), person)
        return redirect("access:user", pk)
    text = "Authenticator app, passkeys and recovery codes stop working, and all sessions of the user end. Make sure "
    text += "that the user asked for this: from then on the password alone signs in."
    return ask(request, _question(person, f"Remove the second factors of {person}?", text, "Remove second factors"))


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@require_proof
def allow_provider(request: UserRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        sign_in_changes.allow_provider(By.of(request), person)
        return redirect("access:user", pk)
    text = f"The next person who signs in at the provider under the username {person} becomes this user."
    return ask(request, _question(person, f"Allow single sign-on for {person}?", text, "Allow single sign-on"))


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@require_proof
def allow_break_glass(request: UserRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    text = "In an emergency the user can take administrator rights for one hour, with a reason in the audit trail."
    question = _question(person, f"Allow break-glass for {person}?", text, "Allow break-glass")
    if person.may_break_glass:
        text = "The user can no longer take administrator rights. Rights that were taken already end at their time."
        question = _question(person, f"End break-glass for {person}?", text, "End break-glass")
    if request.method != "POST":
        return ask(request, question)
    try:
        sign_in_changes.allow_break_glass(By.of(request), person, not person.may_break_glass)
    except Refused as refused:
        return ask(request, question, str(refused))
    return redirect("access:user", pk)


def _question(person: User, title: str, text: str, button: str) -> Question:
    above = crumbs.users((person.get_username(), reverse("access:user", args=[person.pk])))
    return Question(title, text, button, above)
