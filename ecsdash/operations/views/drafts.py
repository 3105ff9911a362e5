"""The review of a plan (changes, checks, calls) and its confirmation."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ecsdash.access.authentication import require_recent_proof
from ecsdash.access.client import client_ip
from ecsdash.access.judgement import Judged
from ecsdash.access.references import Reference
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import PageRequest
from ecsdash.masking import mask
from ecsdash.operations import authority, control, history, jobs
from ecsdash.operations.actions import ACTIONS, Action, ActionForm, action_context, as_query
from ecsdash.operations.drafts import checks_of, checks_overdue, with_live_checks
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.plan import Danger, Level
from ecsdash.operations.refs import described
from ecsdash.operations.views.shown_steps import needed_iam_actions, shown_steps
from ecsdash.web import clock
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
        f"{len(draft.checked)} {_expired(draft)} {checks_overdue(draft)}"
    )
    fragment = fragments.Fragment("review", version=version, every=2, final=not pending, calls_view=bool(pending))
    return fragments.render(request, "operations/draft.html", lambda: _context(draft), fragment)


@require_POST
def draft_checks(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask a worker again for the live checks that have no result."""
    draft = _own_draft(request, pk)
    with_live_checks(draft, jobs.enqueue_checks)
    return HttpResponseRedirect(reverse("operations:draft", args=[pk]))


@require_POST
def draft_confirm(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Start the operation. A second confirmation of the same plan redirects to the same operation."""
    try:
        draft = _own_draft(request, pk)
    except Http404:
        if Operation.objects.visible_to(request.user).filter(pk=pk).exists():
            return HttpResponseRedirect(reverse("operations:detail", args=[pk]))
        raise
    if _loses_in_production(draft):
        require_recent_proof(request)
    objection = _objection(request, draft)
    if objection:
        history.record_refusal(draft, objection, source_ip=client_ip(request))
        messages.error(request, objection)
        return HttpResponseRedirect(reverse("operations:draft", args=[pk]))
    reason = str(mask(request.POST.get("reason", "").strip()[:2000]))
    try:
        operation = control.start(draft, reason=reason, source_ip=client_ip(request), enqueue_run=jobs.enqueue_run)
    except control.NotNow as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("operations:draft", args=[pk]))
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
    draft.user = request.user
    if not authority.may_change(draft.user, draft):
        raise PermissionDenied("You no longer have permission for this action.")
    return draft


def _expired(draft: Draft) -> bool:
    return clock.now() - draft.created_at > VALID_FOR


def _obstacle(draft: Draft) -> str:
    """Return the reason why nobody can start this draft now; empty when it can start."""
    if _expired(draft):
        return "This plan expired after 30 minutes. Go back to the form and review the change again."
    checks, pending = checks_of(draft)
    blocking = next((check for check in checks if check.level is Level.BLOCK), None)
    if blocking:
        return f"{blocking.title}. {blocking.fix}".strip()
    waiting = next((check for check in pending if check.may_block), None)
    return f"Wait until this check has ended: {waiting.title}." if waiting else ""


def _loses_in_production(draft: Draft) -> bool:
    return ACTIONS[draft.action].danger is Danger.LOSES and draft.account.environment == Account.Environment.PRODUCTION


def _objection(request: PageRequest, draft: Draft) -> str:
    """Return the reason why this draft cannot start with this request; empty when it can."""
    if obstacle := _obstacle(draft):
        return obstacle
    if ACTIONS[draft.action].danger is Danger.LOSES and request.POST.get("name", "") != draft.resource_name:
        return f"Type the name {draft.resource_name} to confirm."
    return ""


def _context(draft: Draft) -> dict[str, Any]:
    action, plan = ACTIONS[draft.action], draft.plan
    checks, pending = checks_of(draft)
    judged = authority.judge_plan(draft.user, draft)
    refused = [each for each in judged if each.refusal]
    form_url = f"{reverse(action.url_name, kwargs=draft.url_kwargs)}?draft={draft.pk}"
    above, cancel_url = _resource_pages(draft, action)
    return {
        "draft": draft,
        "action": action,
        "act_label": action.act_label(as_query(draft.form_data)),
        "plan": plan,
        "reason": as_query(draft.form_data).get("reason", ""),
        "changes": mask(described([{"path": c.path, "before": c.before, "after": c.after} for c in plan.changes])),
        "checks": checks,
        "touched": [each for each in judged if not each.refusal and each.owner and not _is_resource(each, draft)],
        "refused": refused,
        "pending": pending,
        "overdue": checks_overdue(draft),
        "obstacle": refused[0].refusal if refused else _obstacle(draft),
        "steps": shown_steps(plan, draft.region),
        "iam_actions": needed_iam_actions(plan),
        "asks_name": action.danger is Danger.LOSES,
        "production": draft.account.environment == Account.Environment.PRODUCTION,
        "running": control.running_on(draft),
        "expired": _expired(draft),
        "form_url": form_url,
        "has_form": action.form_class is not ActionForm,
        "cancel_url": cancel_url,
        "crumbs": [*above, (action.label, form_url), ("Review", "")],
    }


def _is_resource(judged: Judged, draft: Draft) -> bool:
    """Return whether it is the resource itself that the plan changes; of a revert, the resource that was changed."""
    named = judged.named
    if not isinstance(named, Reference) or named.name != draft.resource_name:
        return False
    return named.kind == draft.resource_type or f":{named.kind.replace('_', '-')}/" in draft.resource_key


def _resource_pages(draft: Draft, action: Action) -> tuple[list[tuple[str, str]], str]:
    """Return the breadcrumbs above the form, and the address that Cancel leads to. A resource that was deleted since
    the review has no page; Cancel then leads to the operations."""
    try:
        context = action_context(action, draft.user, draft.scope, draft.url_kwargs)
    except Http404:
        return [], reverse("operations:list")
    return action.crumbs(context), action.back(context)
