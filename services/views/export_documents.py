"""Export of a task definition or service in several formats, as a page and as a file."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import get_valid_filename
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from ecsdash.access.authentication import proved_recently, require_recent_proof
from ecsdash.access.client import client_ip
from ecsdash.access.requests import UserRequest
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.heading import Heading
from services.documents.export import BY_SLUG, FORMATS, Export, Format, with_placeholders, with_values
from services.documents.kinds import Document
from services.planning.revealing import may_reveal, reveal_all
from services.selectors import documents, services, task_definitions
from services.selectors.documents import DocumentRow
from services.selectors.hidden_values import all_values
from services.views.services import service_context


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
@scoped()
def task_definition(request: PageRequest, scope: Scope, family: str, revision: int) -> HttpResponse:
    """Export a revision. A POST exports it with its hidden values, which is recorded in the audit trail."""
    row = task_definitions.revision_or_404(request.user, scope, family, revision)
    found = documents.of_task_definition(row)
    context: dict[str, Any] = {
        "heading": Heading(row.name, "Task definition", row.status, row.tone, view="Export"),
        "crumbs": [*row.crumbs(), ("Export", request.path)],
    }
    if request.method == "POST":
        require_recent_proof(request)
        reveal_all(request.user, row, client_ip(request))
        shown = Document(found.document.kind, with_values(found.document.content))
        return _response(request, found, shown, {**context, "revealed": True})
    hides = any(all_values(row)) and may_reveal(request.user, row)
    return _masked(request, found, {**context, "may_reveal": hides, "proved": proved_recently(request)})


@require_safe
@scoped()
def service(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponse:
    row = services.service_or_404(request.user, scope, cluster, service)
    context = service_context(row, "configuration", ("Export", request.path))
    return _masked(request, documents.of_service(row), context)


def _masked(request: UserRequest, found: DocumentRow, context: dict[str, Any]) -> HttpResponse:
    """Return the export with placeholders for hidden values."""
    content, placeholders = with_placeholders(found.document.content)
    shown = Document(found.document.kind, content)
    return _response(request, found, shown, {**context, "placeholders": placeholders})


def _response(request: UserRequest, found: DocumentRow, shown: Document, context: dict[str, Any]) -> HttpResponse:
    """Return the page, or with `download` the file."""
    chosen = BY_SLUG.get(request.GET.get("format", ""), FORMATS[0])
    export = chosen.write(shown.ordered(), found.row.region)
    if "download" in request.GET:
        return _file(found, chosen, export)
    base = "services/services/service_base.html" if "service" in context else "base.html"
    context |= {"row": found.row, "formats": FORMATS, "chosen": chosen, "export": export, "base": base}
    return render(request, "services/documents/export.html", context)


def _file(found: DocumentRow, chosen: Format, export: Export) -> HttpResponse:
    response = HttpResponse(export.text, content_type=f"{chosen.media_type}; charset=utf-8")
    name = get_valid_filename(found.row.name.replace(":", "-"))
    response["Content-Disposition"] = f'attachment; filename="{name}.{chosen.ending}"'
    return response
