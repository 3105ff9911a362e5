from typing import Final

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.access.client import client_ip
from ecsdash.access.decorators import require
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import can_within
from ecsdash.access.requests import UserRequest
from ecsdash.access.targets import AccessTarget
from ecsdash.audit import export
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.record import record
from ecsdash.audit.selectors import newest, visible_events
from ecsdash.audit.tables import audit_table
from ecsdash.audit.verify import event_is_sealed, verify
from ecsdash.web.polling import fragments

VERIFIED_ON_A_PAGE: Final = 5000
LONGEST_FILTER: Final = 300


@require_safe
def events(request: UserRequest) -> HttpResponse:
    may_export = can_within(request.user, Permission.ADMIN, AccessTarget())
    table = audit_table(request, may_export=may_export)
    if table.wants_choice:
        return table.choice()
    fragment = fragments.Fragment("audit", version=table.version, every=15)
    return fragments.render(request, "audit/list.html", {"table": table, "crumbs": _crumbs()}, fragment)


@require_safe
def event(request: UserRequest, seq: int) -> HttpResponse:
    event = get_object_or_404(visible_events(request.user), seq=seq)
    related = visible_events(request.user).exclude(seq=seq).order_by("seq")
    context = {
        "event": event,
        "crumbs": _crumbs((f"{event.title} #{event.seq}", request.path)),
        "sealed": event_is_sealed(event),
        "related": related.filter(operation=event.operation) if event.operation else AuditEvent.objects.none(),
    }
    return render(request, "audit/event.html", context)


@require_safe
def export_events(request: UserRequest) -> HttpResponseBase:
    """Export the events of the list with the same query, limited to targets on which the user is an administrator."""
    if not can_within(request.user, Permission.ADMIN, AccessTarget()):
        raise Http404
    events = audit_table(request, permission=Permission.ADMIN, may_export=True).ordered
    format = "jsonl" if request.GET.get("format") == "jsonl" else "csv"  # noqa: A001
    detail = {"format": format, "filter": request.GET.get("q", "")[:LONGEST_FILTER]}
    record(actor=request.user, source_ip=client_ip(request), action="export_audit", detail=detail)
    return export.as_json_lines(events) if format == "jsonl" else export.as_csv(events)


@require(Permission.ADMIN)
@require_safe
def verification(request: UserRequest) -> HttpResponse:
    """Verify the newest VERIFIED_ON_A_PAGE events. `manage.py audit_verify` verifies all of them."""
    report = verify(first=max(1, newest() - VERIFIED_ON_A_PAGE + 1))
    context = {"report": report, "crumbs": _crumbs(("Verify integrity", request.path))}
    return render(request, "audit/verification.html", context, status=200 if report.intact else 409)


def _crumbs(*pages: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Audit", reverse("audit:events")), *pages]
