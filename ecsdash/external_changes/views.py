"""The list of external changes of one account and region, and the page of one change."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ecsdash.access.client import client_ip
from ecsdash.external_changes import selectors
from ecsdash.external_changes.forms import KeepForm
from ecsdash.external_changes.keeping import keep
from ecsdash.external_changes.models import NOUN, ExternalChange
from ecsdash.inventory import changes
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.polling import fragments
from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.table import Table

CELLS = "external_changes/cells.html"
COLUMNS = [
    Column("happened_at", "Time", path="happened_at", filter="", cell=ago),
    Column("person", "Person", path="person"),
    Column("summary", "Change", path="summary", sort="", filter="", cell=f"{CELLS}#summary"),
    Column("resource", "Resource type", path="resource_type", sort="", priority=4, cell=f"{CELLS}#resource_type"),
    Column("cluster", "Cluster", path="cluster_name", sort="", priority=3),
    Column("service", "Service", path="service_name", sort="", priority=3),
    Column("state", "Status", path="state", sort="", priority=2, cell=f"{CELLS}#state"),
    Column("source", "Reported by", path="source", sort="", priority=5),
]


@require_safe
@scoped()
def change_list(request: PageRequest, scope: Scope) -> HttpResponseBase:
    version = changes.version_of(scope, NOUN)
    table = Table(
        request,
        selectors.external_changes(request.user, scope).defer("description", "former"),
        COLUMNS,
        name="external-changes",
        title="External changes",
        order="-happened_at",
        search=["person", "summary", "resource_name", "resource_arn", "call"],
        icon="history",
        version=version,
        row_url=ExternalChange.get_absolute_url,
        empty="No external changes",
        empty_hint="Changes made with the AWS console, the AWS CLI or other tools are listed here.",
    )
    if response := table.alternative_response():
        return response
    context = {"table": table, "reading": selectors.reading(scope), "crumbs": [("External changes", request.path)]}
    fragment = fragments.Fragment("external-changes", version=version, every=15, calls_view=True)
    return fragments.render(request, "external_changes/list.html", context, fragment)


@require_safe
@scoped()
def change_detail(request: PageRequest, scope: Scope, change: str) -> HttpResponse:
    return _page(request, scope, _find(request, scope, change), KeepForm())


@require_POST
@scoped()
def keep_change(request: PageRequest, scope: Scope, change: str) -> HttpResponse:
    found = _find(request, scope, change)
    if not selectors.may_keep(request.user, found):
        raise PermissionDenied("You do not have the permission to decide about this change.")
    form = KeepForm(request.POST)
    if not form.is_valid():
        return _page(request, scope, found, form)
    if keep(found, by=request.user, reason=form.cleaned_data["reason"], source_ip=client_ip(request)):
        messages.success(request, "The change is kept.")
    else:
        messages.warning(request, "Somebody has already decided about this change.")
    return HttpResponseRedirect(found.get_absolute_url())


def _find(request: PageRequest, scope: Scope, name: str) -> ExternalChange:
    return get_object_or_404(selectors.external_changes(request.user, scope), name=name)


def _page(request: PageRequest, scope: Scope, change: ExternalChange, form: KeepForm) -> HttpResponse:
    (notice,) = selectors.notices_of(request.user, [change])
    context: dict[str, Any] = {
        "change": change,
        "notice": notice,
        "form": form,
        "audit_url": reverse("audit:event", args=[change.audit_seq]),
        "crumbs": change.crumbs(),
    }
    version = changes.version_of(scope, NOUN, "operations")
    fragment = fragments.Fragment("external-change", version=version, every=5, final=notice.decided)
    return fragments.render(request, "external_changes/change.html", context, fragment)
