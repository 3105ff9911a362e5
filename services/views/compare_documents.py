"""Comparison of two documents: revisions, families, services, in any accounts and regions that the user may see."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.access.requests import UserRequest
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web import parsing
from ecsdash.web.heading import Heading
from services.documents.comparison import changes
from services.selectors import documents, task_definitions
from services.selectors.documents import DocumentRow

UNKNOWN = "Nothing that you may see has this address."
DIFFERENT = "One side is a task definition and the other a service. Choose two of the same kind."


@require_safe
def compare(request: UserRequest) -> HttpResponse:
    """Compare the documents whose addresses are in the query string; without both, ask for them."""
    addresses = [request.GET.get(name, "") for name in ("before", "after")]
    before, after = (documents.document_at(request.user, address) for address in addresses)
    context = {"crumbs": [("Compare", "")], "entered": addresses}
    return _page(request, before, after, context)


@require_safe
@scoped("task_definitions")
def revisions(request: PageRequest, scope: Scope, family: str, before: int, after: int) -> HttpResponse:
    """Compare two revisions of a family."""
    old, new = (
        documents.of_task_definition(task_definitions.revision_or_404(request.user, scope, family, revision))
        for revision in (before, after)
    )
    crumbs = old.row.crumbs_above()
    context = {
        "crumbs": [*crumbs, (f"{before} → {after}", request.path)],
        "heading": Heading(family, "Task definition family", view=f"{before} → {after}"),
        "entered": [old.address, new.address],
    }
    return _page(request, old, new, context)


@require_safe
@scoped("task_definitions")
def choose_revisions(request: PageRequest, scope: Scope, family: str) -> HttpResponse:
    """Redirect from the choice of two revisions to their comparison; without a choice, of the two latest."""
    known = [row.revision for row in task_definitions.family_or_404(request.user, scope, family)]
    asked = [request.GET.get(name, "") for name in ("before", "after")]
    latest = [known[min(1, len(known) - 1)], known[0]]
    before, after = (
        number if (number := parsing.number(text)) in known else other
        for text, other in zip(asked, latest, strict=True)
    )
    kwargs = {**scope.url_kwargs(), "family": family, "before": before, "after": after}
    return HttpResponseRedirect(reverse("services:task_definition_diff", kwargs=kwargs))


def _page(
    request: UserRequest, before: DocumentRow | None, after: DocumentRow | None, context: dict[str, Any]
) -> HttpResponse:
    same_kind = before is None or after is None or before.document.kind is after.document.kind
    found = changes(before.document.content, after.document.content) if before and after and same_kind else ()
    sides = zip(("before", "after"), ("Before", "After"), context["entered"], (before, after), strict=True)
    context |= {
        "before": before,
        "after": after,
        "sides": [
            {"name": name, "label": label, "entered": row.address if row else entered, "row": row,
             "problem": UNKNOWN if entered and row is None else ""}
            for name, label, entered, row in sides
        ],
        "problem": "" if same_kind else DIFFERENT,
        "changes": found,
        "suggested": documents.suggested(request.user, before or after),
    }  # fmt: skip
    return render(request, "services/documents/compare.html", context)
