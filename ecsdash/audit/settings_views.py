"""Settings > Audit trail: checkpoints, sinks with their backlog, and evidence packs. For administrators."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ecsdash.access.client import client_ip
from ecsdash.access.decorators import require
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.views.crumbs import below_settings
from ecsdash.audit import checkpoints, evidence, roles
from ecsdash.audit.keys import signing_key
from ecsdash.audit.models import Checkpoint, SinkProgress
from ecsdash.audit.record import record
from ecsdash.audit.sinks import delivery
from ecsdash.audit.tables import audit_table
from ecsdash.web.tone import Tone


class EvidenceForm(forms.Form):
    begin = forms.DateField(label="First day (UTC)", widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label="Last day (UTC)", widget=forms.DateInput(attrs={"type": "date"}))
    q = forms.CharField(label="Filter", required=False, max_length=300, help_text="As on the audit list: account:shop")

    def clean(self) -> None:
        begin, end = self.cleaned_data.get("begin"), self.cleaned_data.get("end")
        if begin and end and end < begin:
            self.add_error("end", "The last day must not be before the first day.")


@dataclass(frozen=True)
class SinkStatus:
    progress: SinkProgress
    backlog: int

    @property
    def status(self) -> tuple[str, Tone]:
        if self.progress.error:
            return "Failed", Tone.BAD
        return ("Sending", Tone.PROGRESS) if self.backlog else ("Up to date", Tone.OK)


@require(Permission.ADMIN)
@require_safe
def audit_settings(request: UserRequest) -> HttpResponse:
    return _page(request, EvidenceForm())


@require(Permission.ADMIN)
@require_POST
def evidence_pack(request: UserRequest) -> HttpResponseBase:
    """Record that a pack is made, then stream it. What the filter leaves out is in it without content."""
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    begin, end, words = form.cleaned_data["begin"], form.cleaned_data["end"], form.cleaned_data["q"]
    about = {"from": begin.isoformat(), "to": end.isoformat(), "filter": words}
    record(actor=request.user, source_ip=client_ip(request), action="create_evidence", detail=about)
    request.GET = QueryDict(urlencode({"q": words}))  # the table reads its filter there
    matching = audit_table(request, permission=Permission.ADMIN, may_export=True).ordered
    first, after = (datetime.combine(day, time(), UTC) for day in (begin, end + timedelta(days=1)))
    parts = evidence.pack(first, after, matching, {**about, "created_by": request.user.get_username()})
    name = f"evidence-{begin}-{end}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type="application/zip", headers=headers)


def _page(request: UserRequest, form: EvidenceForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "checkpoint": Checkpoint.objects.order_by("-number").first(),
        "contradiction": checkpoints.contradiction(),
        "weaknesses": roles.weaknesses(),
        "key": signing_key().id,
        "sinks": list(_sinks()),
        "outside": bool(settings.AUDIT_CHECKPOINTS),
        "crumbs": below_settings(("Audit trail", reverse("audit:settings"))),
    }
    return render(request, "audit/settings.html", context, status=status)


def _sinks() -> Iterator[SinkStatus]:
    for stream, sink in delivery.configured():
        known = SinkProgress.objects.filter(stream=stream, sink=sink.address).first()
        progress = known or SinkProgress(stream=stream, sink=sink.address)
        yield SinkStatus(progress, delivery.backlog(progress))
