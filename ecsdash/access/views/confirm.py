from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True)
class Question:
    """What a change of access asks before it happens; `button` names the act."""

    title: str
    text: str
    button: str
    back_url: str
    back_label: str


def ask(request: HttpRequest, question: Question, refused: str = "") -> HttpResponse:
    context = {"question": question, "refused": refused}
    return render(request, "access/confirm.html", context, status=409 if refused else 200)
