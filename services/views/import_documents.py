"""Import: a pasted or uploaded text becomes documents, which go on into the form that registers task definitions."""

import json
from itertools import islice
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from clusters.forms.usual_roles import EXECUTION_ROLE
from clusters.models import Cluster
from clusters.selectors.clusters import clusters
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.operations.actions import ACTIONS, ActionContext
from ecsdash.web.forms.document.findings import FindingLevel
from ecsdash.web.forms.document.places import words_of
from services.documents.kinds import Document, DocumentKind
from services.documents.launch_set import launch_set
from services.documents.reading import Options, Reading, read
from services.forms.import_documents import ImportForm, entered_values
from services.forms.roles import usual_role
from services.forms.task_definition.declaration import TASK_DEFINITION

MOST_CLUSTERS: Final = 20
REFUSED: Final = "You are not allowed to register task definitions in this account and region."
#: Levels of notes -> title of their part of the report, icon and tone.
PARTS: Final = (
    (FindingLevel.BLOCK, "Not possible", "alert-octagon", "bad"),
    (FindingLevel.WARN, "Changed or left out", "alert-triangle", "warn"),
    (FindingLevel.OK, "Carried over", "circle-check", "ok"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
@scoped()
def import_documents(request: PageRequest, scope: Scope) -> HttpResponse:
    """Read the text and show its documents, a report and the placeholders. Nothing is stored."""
    if not ACTIONS["register_task_definition"].may_open(ActionContext(scope, request.user)):
        raise PermissionDenied(REFUSED)
    context: dict[str, Any] = {"crumbs": _crumbs(scope)}
    if request.method != "POST":
        return render(request, "services/documents/import.html", {**context, "form": ImportForm()})
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "services/documents/import.html", {**context, "form": form}, status=422)
    reading = read(form.cleaned_data["text"], _options(request, scope, form))
    context |= _result(reading, scope, form, entered_values(request.POST), _clusters(request, scope))
    context["together"] = _together(reading, ActionContext(scope, request.user))
    return render(request, "services/documents/import.html", context, status=200 if reading.documents else 422)


def _options(request: PageRequest, scope: Scope, form: ImportForm) -> Options:
    return Options(
        values=entered_values(request.POST),
        files=form.cleaned_data["files"],
        separate=form.cleaned_data["tasks"] == ImportForm.SEPARATE,
        region=scope.region,
        execution_role=usual_role(ActionContext(scope, request.user), EXECUTION_ROLE),
    )


def _result(
    reading: Reading, scope: Scope, form: ImportForm, values: dict[str, str], found: list[Cluster]
) -> dict[str, Any]:
    return {
        "form": ImportForm(initial={**form.cleaned_data, "file": None}),
        "kept_files": form.cleaned_data["files"].items(),
        "reading": reading,
        "parts": [part for part in _parts(reading) if part["notes"]],
        "placeholders": [{"each": each, "value": values.get(each.name, each.default)} for each in reading.placeholders],
        "documents": [_shown(each, scope, found) for each in reading.documents],
        "many": len(reading.documents) > 1,
    }


def _together(reading: Reading, context: ActionContext) -> dict[str, Any] | None:
    """Return what the form that creates all of it takes; None where the text has no services, or the user may not."""
    found = launch_set(reading.documents)
    if found is None or not ACTIONS["create_services"].may_open(context):
        return None
    url = reverse("actions:create_services", kwargs=context.scope.url_kwargs())
    return {"url": url, "text": found.text, "services": len(found.services)}


def _parts(reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "icon": icon,
            "tone": tone,
            "open": level is not FindingLevel.OK,
            "notes": [
                {"note": note, "place": words_of(TASK_DEFINITION.entries, reading.source, note.pointer)}
                for note in reading.notes
                if note.level is level
            ],
        }
        for level, title, icon, tone in PARTS
    ]


def _shown(document: Document, scope: Scope, found: list[Cluster]) -> dict[str, Any]:
    """Return what the page shows of a document: its name, its JSON, and the forms that take it."""
    if document.kind is DocumentKind.TASK_DEFINITION:
        register = reverse("actions:register_task_definition", kwargs=scope.url_kwargs())
        return {"document": document, "text": _json(document.content), "forms": [("Open in the form", register)]}
    content = {name: value for name, value in document.content.items() if name != "cluster"}
    create = [(f"Create in {each.name}", reverse("actions:create_service", kwargs=each.url_kwargs())) for each in found]
    return {"document": document, "text": _json(content), "forms": create}


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def _clusters(request: PageRequest, scope: Scope) -> list[Cluster]:
    """Return the clusters in which the user may create services, at most MOST_CLUSTERS."""
    rows = clusters(request.user, scope).order_by("name")
    may = (each for each in rows if policy.can_within(request.user, Permission.OPERATE, each.access_target()))
    return list(islice(may, MOST_CLUSTERS))


def _crumbs(scope: Scope) -> list[tuple[str, str]]:
    return [("Task definitions", reverse("services:task_definitions", kwargs=scope.url_kwargs())), ("Import", "")]
