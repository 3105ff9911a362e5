"""The review of a plan (changes, checks, calls) and its confirmation."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from ecsdash.access import policy
from ecsdash.access.client import client_ip
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import PageRequest
from ecsdash.masking import mask
from ecsdash.operations import control, history, jobs
from ecsdash.operations.actions import ACTIONS, ActionForm
from ecsdash.operations.drafts import as_query, checks_of
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.plan import Danger, Level
from ecsdash.operations.refs import described
from ecsdash.operations.views.shown_steps import needed_iam_actions, shown_steps
from ecsdash.web.polling import fragments

VALID_FOR = timedelta(minutes=30)


@require_GET
def draft_detail(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    if Operation.objects.visible_to(request.user).filter(pk=pk).exists():
        return HttpResponseRedirect(reverse("operations:detail", args=[pk]))
    draft = _own_draft(request, pk)
    request.scope = draft.scope  # the frame's scope menu reads it
    _, pending = checks_of(draft)
    version = changes.version_of(draft.scope, "draft_checks", "operations").also(
        f"{len(draft.checked)} {_expired(draft)}"
    )
    fragment = fragments.Fragment("review", version=version, every=2, final=not pending)
    return fragments.render(request, "operations/draft.html", lambda: _context(draft), fragment)


@require_POST
def draft_confirm(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Start the operation. A second confirmation of the same plan redirects to the same operation."""
    if Operation.objects.visible_to(request.user).filter(pk=pk).exists():
        return HttpResponseRedirect(reverse("operations:detail", args=[pk]))
    draft = _own_draft(request, pk)
    objection = _objection(request, draft)
    if objection:
        history.record_refusal(draft, objection, source_ip=client_ip(request))
        messages.error(request, objection)
        return HttpResponseRedirect(reverse("operations:draft", args=[pk]))
    reason = str(mask(request.POST.get("reason", "").strip()[:2000]))
    try:
        operation = control.start(draft, reason=reason, source_ip=client_ip(request), enqueue_run=jobs.enqueue_run)
    except control.AlreadyRunning as running:
        operation = running.operation
        if operation.pk != draft.pk:
            text = "Your operation was not started: this one is changing the same resource. Wait until it has ended."
            history.record_refusal(draft, text, source_ip=client_ip(request))
            messages.warning(request, text)
    return HttpResponseRedirect(reverse("operations:detail", args=[operation.pk]))


def _own_draft(request: PageRequest, pk: uuid.UUID) -> Draft:
    """Return the draft if the user made it. Raise Http404 or PermissionDenied."""
    draft: Draft = get_object_or_404(Draft.objects.select_related("account"), pk=pk, user=request.user)
    if not policy.can(draft.user, ACTIONS[draft.action].permission, draft.access_target()):
        raise PermissionDenied("You no longer have permission for this action.")
    return draft


def _expired(draft: Draft) -> bool:
    return timezone.now() - draft.created_at > VALID_FOR


def _objection(request: PageRequest, draft: Draft) -> str:
    """Return the reason why this draft cannot start; empty when it can."""
    if _expired(draft):
        return "This plan expired after 30 minutes. Go back to the form and review the change again."
    checks, _ = checks_of(draft)
    blocking = next((check for check in checks if check.level is Level.BLOCK), None)
    if blocking:
        return f"{blocking.title}. {blocking.fix}".strip()
    if ACTIONS[draft.action].danger is Danger.LOSES and request.POST.get("name", "") != draft.resource_name:
        return f"Type the name {draft.resource_name} to confirm."
    return ""


def _context(draft: Draft) -> dict[str, Any]:
    action, plan = ACTIONS[draft.action], draft.plan
    checks, pending = checks_of(draft)
    back = reverse(action.url_name, kwargs=draft.url_kwargs)
    return {
        "draft": draft,
        "action": action,
        "act_label": action.act_label(as_query(draft.form_data)),
        "plan": plan,
        "changes": mask(described([{"path": c.path, "before": c.before, "after": c.after} for c in plan.changes])),
        "checks": checks,
        "pending": pending,
        "blocked": any(check.level is Level.BLOCK for check in checks),
        "steps": shown_steps(plan, draft.region),
        "iam_actions": needed_iam_actions(plan),
        "asks_name": action.danger is Danger.LOSES,
        "production": draft.account.environment == Account.Environment.PRODUCTION,
        "running": control.running_on(draft),
        "expired": _expired(draft),
        "form_url": f"{back}?draft={draft.pk}",
        "has_form": action.form_class is not ActionForm,
        "cancel_url": reverse("operations:list"),
        "crumbs": [(action.label, f"{back}?draft={draft.pk}"), ("Review", "")],
    }
