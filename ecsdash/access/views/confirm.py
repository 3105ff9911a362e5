from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from ecsdash.access.requests import UserRequest
from ecsdash.access.views.crumbs import below_settings


@dataclass(frozen=True)
class Question:
    """Confirmation question of a change of access. `button` is the label of the confirm button."""

    title: str
    text: str
    button: str
    back_url: str
    back_label: str


def ask(request: UserRequest, question: Question, refused: str = "") -> HttpResponse:
    crumbs = below_settings((question.back_label, question.back_url), (question.title, request.path))
    context = {"question": question, "refused": refused, "crumbs": crumbs}
    return render(request, "access/confirm.html", context, status=409 if refused else 200)
