"""The page with the form of an action. A valid form makes a draft, whose page shows the plan."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from ecsdash.access.authentication import proved_recently
from ecsdash.access.client import client_ip
from ecsdash.inventory import viewers
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import PageRequest, find_scope
from ecsdash.operations import authority, control, history, jobs
from ecsdash.operations.actions import ACTIONS, Action, ActionContext, ActionForm, action_context, as_query
from ecsdash.operations.at_once import AT_ONCE
from ecsdash.operations.drafts import NotAllowed, make_draft, with_live_checks
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.states import ENDED_BADLY
from ecsdash.web import parsing
from ecsdash.web.forms import repeated_groups


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
def action_page(request: PageRequest, account: str, region: str, action: str, **kwargs: str) -> HttpResponse:
    """Show the form on GET. On POST, redirect to the review of its plan or, with `at_once`, to the operation.

    `?draft=<id>` fills the form with the data of a draft, `?operation=<id>` with that of an operation that failed.
    """
    chosen = ACTIONS[action]
    found = action_context(chosen, request.user, find_scope(request.user, account, region), kwargs)
    context = replace(found, source_ip=client_ip(request), proved=proved_recently(request))
    request.scope = context.scope  # the frame's scope menu reads it
    if not chosen.may_open(context):
        raise PermissionDenied(f"You do not have permission for this action here: {chosen.label}")
    if request.method == "POST":
        return _post(request, chosen, context)
    viewers.note((context.scope.account.pk, region, noun) for noun in chosen.watches)
    return _page(request, chosen, context, _form_to_show(request, chosen, context))


def _form_to_show(request: PageRequest, action: Action, context: ActionContext) -> ActionForm:
    if filled := _filled_before(request, action):
        return action.form_class(as_query(filled.form_data), context=context)
    groups = action.form_class.groups
    from_address = {key: value for key, value in request.GET.items() if value and key not in groups}
    return action.form_class(initial={**action.initial(context), **from_address}, context=context)


def _filled_before(request: PageRequest, action: Action) -> Draft | Operation | None:
    """Return the draft or failed operation whose form the person filled in, and now changes."""
    own = {"user": request.user, "action": action.name}
    if draft_id := request.GET.get("draft"):
        return get_object_or_404(Draft, pk=parsing.uuid(draft_id), **own)
    if operation_id := request.GET.get("operation"):
        return get_object_or_404(
            Operation, pk=parsing.uuid(operation_id), redacted_at=None, state__in=ENDED_BADLY, **own
        )
    return None


def _post(request: PageRequest, action: Action, context: ActionContext) -> HttpResponse:
    data = action.reworked(context, request.POST)
    form = action.form_class(data or request.POST, context=context)
    if data is not None:
        form.is_valid()
        repeated_groups.hide_errors(form, *form.formsets.values())
        return _page(request, action, context, form)
    try:
        draft = make_draft(action, context, form)
    except NotAllowed as error:
        raise PermissionDenied(f"You do not have permission for this action here: {error}") from error
    if draft is None:
        return _page(request, action, context, form, status=422)
    if "at_once" in request.POST and _may_start_at_once(action, draft):
        return _start(request, draft)
    with_live_checks(draft, jobs.enqueue_checks)
    return HttpResponseRedirect(reverse("operations:draft", args=[draft.pk]))


def _may_start_at_once(action: Action, draft: Draft) -> bool:
    """Return whether nothing needs a review: no check warns, no call is refused."""
    if not action.at_once(draft.scope) or draft.plan.needs_review:
        return False
    return not any(judged.refusal for judged in authority.judge_plan(draft.user, draft))


def _start(request: PageRequest, draft: Draft) -> HttpResponse:
    try:
        operation = control.start(draft, reason="", source_ip=client_ip(request), enqueue_run=jobs.enqueue_run)
    except control.AlreadyRunning as running:
        operation = running.operation
        history.record_refusal(draft, "Another operation is changing the same resource.", source_ip=client_ip(request))
    return HttpResponseRedirect(reverse("operations:detail", args=[operation.pk]))


def _page(
    request: PageRequest, action: Action, context: ActionContext, form: ActionForm, status: int = 200
) -> HttpResponse:
    values: dict[str, Any] = {
        "action": action,
        "form": form,
        "resource": context.resource,
        "scope": context.scope,
        "back": action.back(context),
        "crumbs": [*action.crumbs(context), (action.label, request.path)],
        "unavailable": action.obstacle(context.scope.account, context.resource),
        "at_once": action.at_once(context.scope),
        "at_once_limit": AT_ONCE,
        "act_label": action.act_label({name: form[name].value() for name in form.fields}),
        "choices_age": freshness(context.scope, *action.watches) if action.watches else None,
        **action.extra_context(context, form),
    }
    return render(request, action.template, values, status=status)
