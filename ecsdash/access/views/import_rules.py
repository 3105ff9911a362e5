"""Import of ownership rules: a file or pasted lines, a preview of the changes, then all of them in one transaction."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ecsdash.access import rule_changes, rule_files
from ecsdash.access.changes import By
from ecsdash.access.decorators import require
from ecsdash.access.models import OwnershipRule
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.rule_files import Comparison, LineError, UnreadableFile
from ecsdash.access.rule_forms import ImportForm
from ecsdash.access.rule_values import KnownNames, RuleValues
from ecsdash.access.views import crumbs

SHOWN = 200  # rules of each list of the preview
MOVED = "The rules have changed since the preview. Check the changes below again."


@dataclass(frozen=True)
class PreviewList:
    """A part of the preview: its title, at most SHOWN lines, and how many more there are."""

    title: str
    lines: list[str]
    more: int


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def import_rules(request: UserRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form)
    try:
        text = _text(form)
        file = rule_files.read(text, KnownNames.read())
    except UnreadableFile as unreadable:
        form.add_error("file" if form.cleaned_data["file"] else "text", str(unreadable))
        return _page(request, form)
    if file.errors:
        return _page(request, form, line_errors=file.errors)
    return _compared(request, form, text, file.rules)


@transaction.atomic
def _compared(request: UserRequest, form: ImportForm, text: str, wanted: list[RuleValues]) -> HttpResponse:
    """Apply the comparison that was previewed; show it first, and again when it is no longer the same."""
    existing = list(OwnershipRule.objects.select_for_update(of=("self",)).select_related("account", "team"))
    replace = form.cleaned_data["mode"] == ImportForm.REPLACE
    comparison = rule_files.compare(wanted, existing, replace=replace)
    previewed = request.POST.get("digest", "")
    if previewed == comparison.digest and comparison.number:
        rule_changes.import_rules(By.of(request), comparison)
        messages.success(request, _result(comparison))
        return redirect("access:rules")
    return _preview(request, form, text, comparison, MOVED if previewed else "")


def _text(form: ImportForm) -> str:
    """Return the lines to import. Raise UnreadableFile when there are none or two sets of them."""
    file, text = form.cleaned_data["file"], form.cleaned_data["text"]
    if bool(file) == bool(text.strip()):
        raise UnreadableFile("Choose a file or paste the lines, not both." if file else "Choose a file or paste lines.")
    if not file:
        return str(text)
    return rule_files.decoded(file.read(rule_files.MAX_BYTES + 1))


def _result(comparison: Comparison) -> str:
    added, changed, removed = len(comparison.added), len(comparison.changed), len(comparison.removed)
    return f"Rules imported: {added} added, {changed} changed, {removed} removed."


def _preview(request: UserRequest, form: ImportForm, text: str, comparison: Comparison, moved: str) -> HttpResponse:
    changed = [f"{change.before} → {_new(change)}" for change in comparison.changed]
    context: dict[str, Any] = {
        "lists": [
            _list("Added", [str(values) for values in comparison.added]),
            _list("Changed", changed),
            _list("Removed", [str(RuleValues.of(rule)) for rule in comparison.removed]),
        ],
        "comparison": comparison,
        "text": text,
        "mode": form.cleaned_data["mode"],
        "moved": moved,
        "crumbs": crumbs.rules(("Import rules", request.path), ("Preview", "")),
    }
    return render(request, "access/import_preview.html", context, status=409 if moved else 200)


def _new(change: rule_files.Change) -> str:
    """Return the new owner, and the new note where it differs."""
    return change.after.whose if change.before.owner != change.after.owner else f"note “{change.after.note}”"


def _list(title: str, lines: list[str]) -> PreviewList:
    return PreviewList(f"{title} ({len(lines)})", lines[:SHOWN], max(0, len(lines) - SHOWN))


def _page(request: UserRequest, form: ImportForm, line_errors: list[LineError] | None = None) -> HttpResponse:
    context = {
        "form": form,
        "line_errors": line_errors,
        "most_errors": rule_files.MAX_ERRORS,
        "crumbs": crumbs.rules(("Import rules", request.path)),
    }
    return render(request, "access/import_rules.html", context, status=422 if form.errors or line_errors else 200)
