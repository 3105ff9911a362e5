from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from ecsdash.access.requests import UserRequest
from ecsdash.access.views.crumbs import Crumbs


@dataclass(frozen=True)
class Question:
    """Confirmation question of a change of access. `button` is the label of the confirm button; `above` are the
    breadcrumbs of the page that Cancel leads to."""

    title: str
    text: str
    button: str
    above: Crumbs


def ask(request: UserRequest, question: Question, refused: str = "") -> HttpResponse:
    crumbs = [*question.above, (question.title, request.path)]
    context = {"question": question, "back_url": question.above[-1][1], "refused": refused, "crumbs": crumbs}
    return render(request, "access/confirm.html", context, status=409 if refused else 200)
