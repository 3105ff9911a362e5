"""The list and the page of operations, and their cancel, retry and undo."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ecsdash.access.client import client_ip
from ecsdash.access.models import User
from ecsdash.aws.errors import OWN_SHARE_SPENT
from ecsdash.aws.explain import Explanation, explain
from ecsdash.inventory import changes
from ecsdash.inventory.scope import PageRequest, visible_scopes
from ecsdash.masking import mask
from ecsdash.operations import authority, control, jobs, page_parts
from ecsdash.operations.actions import ACTIONS, ActionForm, action_context, as_query
from ecsdash.operations.drafts import NotAllowed, make_draft, with_live_checks
from ecsdash.operations.item_runs import ItemRuns
from ecsdash.operations.models import Operation, OperationStep
from ecsdash.operations.plan import Undo
from ecsdash.operations.refs import UnresolvedReference, described, resolve
from ecsdash.operations.retry import OUTAGE_SECONDS
from ecsdash.operations.states import ENDED_BADLY, OperationState, StepState
from ecsdash.operations.views.links import addresses_of, resource_links, shown_outputs, unsettled
from ecsdash.operations.views.shown_steps import needed_iam_actions, shown_steps
from ecsdash.web.polling import fragments
from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.table import Table

TIMED_OUT = "TimedOut"
COLUMNS = [
    Column("action", "Operation", path="action", cell="operations/cells.html#what"),
    Column("state", "Status", path="state", cell="operations/cells.html#state"),
    Column("resource_name", "Resource", path="resource_name", priority=2),
    Column("account", "Account", path="account__alias", sort="", priority=3),
    Column("region", "Region", path="region", sort="", priority=3),
    Column("user", "Started by", path="user__username", sort="", priority=2),
    Column("created_at", "Started", path="created_at", filter="", cell=ago, priority=2),
]


@require_GET
def operation_list(request: PageRequest) -> HttpResponseBase:
    version = changes.version_of(visible_scopes(request.user), "operations")
    rows = Operation.objects.visible_to(request.user).select_related("account", "user")
    table = Table(
        request,
        rows,
        columns=COLUMNS,
        name="operations",
        title="Operations",
        order="-created_at",
        version=version,
        search=["resource_name", "action", "reason"],
        row_url=lambda row: reverse("operations:detail", args=[row.pk]),
        empty_hint="Each change made in this dashboard is an operation with its steps and result.",
    )
    if response := table.alternative_response():
        return response
    context = {"table": table, "crumbs": [("Operations", "")]}
    return fragments.render(
        request, "operations/list.html", context, fragments.Fragment("operations", version=version, every=5)
    )


@require_GET
def running_operations(request: PageRequest) -> HttpResponse:
    """The number of operations in progress in the top bar. It comes from the context processor."""
    version = changes.version_of(visible_scopes(request.user), "operations")
    fragment = fragments.Fragment("running", version=version, every=5)
    return fragments.answer(request, fragment, lambda: render_to_string("components/running.html", request=request))


@require_GET
def operation_detail(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    operation = _find(request, pk)
    request.scope = operation.scope  # the frame's scope menu reads it
    links = resource_links(request.user, operation)
    outputs = shown_outputs(request.user, operation.outputs)
    settling = unsettled(operation, links, outputs)
    nouns = operation.plan_data["touches"] if settling else ()
    version = changes.version_of(operation.scope, "operations", "operation_steps", *nouns)
    final = not (operation.state_enum.active or settling)
    fragment = fragments.Fragment("progress", version=version, every=2, final=final, calls_view=settling)
    section = page_parts.section_of(request.user, operation)

    def context() -> dict[str, Any]:
        next_links = page_parts.links_after(request.user, operation)
        own = {"links": links, "next_links": next_links, "outputs": outputs, "section": section}
        return {**_context(request, operation), **own}

    return fragments.render(request, "operations/detail.html", context, fragment, _section_fragment(operation, section))


def _section_fragment(operation: Operation, section: page_parts.Section | None) -> fragments.Fragment:
    """Return the live section that the app of the action adds, which never changes where there is none."""
    if section is None:
        return fragments.Fragment("outcome", final=True)
    version = changes.version_of(operation.scope, "operations", "operation_steps", *section.nouns)
    return fragments.Fragment("outcome", version=version, every=5, final=section.final, calls_view=True)


@require_POST
def operation_cancel(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    operation = _find(request, pk, to_change=True)
    try:
        control.cancel(operation, by=request.user, source_ip=client_ip(request), enqueue_run=jobs.enqueue_run)
    except control.NotNow as error:
        messages.warning(request, str(error))
    return HttpResponseRedirect(reverse("operations:detail", args=[pk]))


@require_POST
def operation_retry(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    operation = _find(request, pk, to_change=True)
    try:
        control.retry(operation, by=request.user, source_ip=client_ip(request), enqueue_run=jobs.enqueue_run)
    except control.NotNow as error:
        messages.warning(request, str(error))
    except control.AlreadyRunning as running:
        messages.warning(request, "Another operation is changing the same resource. Retry when it has ended.")
        return HttpResponseRedirect(reverse("operations:detail", args=[running.operation.pk]))
    return HttpResponseRedirect(reverse("operations:detail", args=[pk]))


@require_GET
def operation_form(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Redirect to the form of a failed operation as it was filled in. It may hold values that are hidden from others,
    so only the person who filled it in gets it."""
    operation = _find(request, pk, to_change=True)
    if operation.user_id != request.user.pk or not _form_can_change(operation):
        messages.warning(
            request, f"Only {operation.user.username} can open this form again, until its values are removed."
        )
        return HttpResponseRedirect(reverse("operations:detail", args=[pk]))
    address = reverse(ACTIONS[operation.action].url_name, kwargs=operation.url_kwargs)
    return HttpResponseRedirect(f"{address}?operation={pk}")


def _form_can_change(operation: Operation) -> bool:
    has_form = ACTIONS[operation.action].form_class is not ActionForm
    return has_form and operation.state_enum in ENDED_BADLY and operation.redacted_at is None


@require_POST
def operation_undo(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Plan the undo from the present state and redirect to its review."""
    operation = _find(request, pk)
    undo = _undo_of(operation, list(operation.steps.all()))
    if undo is None:
        raise Http404("This operation cannot be undone")
    user = request.user
    action, results = ACTIONS[undo.action], {step.key: step.result for step in operation.steps.all()}
    results["operation"] = {"id": str(operation.pk)}
    try:
        kwargs, data = resolve(undo.url_kwargs, results, ""), resolve(undo.data, results, "")
        context = action_context(action, user, operation.scope, kwargs)
    except (UnresolvedReference, Http404):
        messages.warning(
            request, "The resource to undo is not in the inventory. If it was just created, try again in a minute."
        )
        return HttpResponseRedirect(reverse("operations:detail", args=[pk]))
    form = action.form_class(as_query(data), context=context)
    try:
        draft = make_draft(action, context, form, undo_of=operation)
    except NotAllowed as error:
        raise PermissionDenied(f"You do not have permission for this action here: {error}") from error
    if draft is None:
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return HttpResponseRedirect(reverse("operations:detail", args=[pk]))
    with_live_checks(draft, jobs.enqueue_checks)
    return HttpResponseRedirect(reverse("operations:draft", args=[draft.pk]))


def _find(request: PageRequest, pk: uuid.UUID, *, to_change: bool = False) -> Operation:
    rows = Operation.objects.visible_to(request.user).select_related("account", "user", "retried_by")
    operation: Operation = get_object_or_404(rows, pk=pk)
    if to_change and not authority.may_change(request.user, operation):
        raise PermissionDenied("You do not have permission to change this operation.")
    return operation


def _context(request: PageRequest, operation: Operation) -> dict[str, Any]:
    plan, rows = operation.plan, list(operation.steps.all())
    shown = shown_steps(plan, operation.region)
    steps = list(zip(rows, shown, strict=True))
    runs = ItemRuns.of(plan, list(zip(rows, plan.steps, strict=True))).items
    addresses = addresses_of(request.user, [run.item.resource_key for run in runs])
    action, state = ACTIONS[operation.action], operation.state_enum
    may_change = authority.may_change(request.user, operation)
    retriable = may_change and state in ENDED_BADLY and not control.undone(operation)
    return {
        "operation": operation,
        "action": action,
        "plan": plan,
        "steps": steps,
        "shown": shown,
        "items": [(run, addresses.get(run.item.resource_key, "")) for run in runs],
        "done": sum(row.state == StepState.SUCCEEDED for row in rows),
        "changes": mask(described([{"path": c.path, "before": c.before, "after": c.after} for c in plan.changes])),
        "iam_actions": needed_iam_actions(plan),
        "cost": plan.cost,
        "error": _error_card(operation),
        "trouble": next(filter(None, map(_retried_error, rows)), "") if state.active else "",
        "outage_minutes": int(OUTAGE_SECONDS / 60),
        "may_cancel": may_change and state.active and not operation.cancel_requested_by,
        "may_retry": retriable and not (operation.redacted_at or control.expired(operation)),
        "retry_expired": retriable and bool(operation.redacted_at or control.expired(operation)),
        "may_change_form": may_change and _form_can_change(operation),
        "retry_hours": control.RETRY_HOURS,
        "undo": _undo_of(operation, rows) if may_change else None,
        "undos": [(each, _undo_steps(each)) for each in operation.undos.order_by("created_at")],
        **_continuing(request.user, operation, rows),
        "crumbs": [("Operations", reverse("operations:list")), (plan.summary, "")],
    }


def _continuing(user: User, operation: Operation, rows: Sequence[OperationStep]) -> dict[str, Any]:
    """Return what continues in AWS after the end of the operation, and the action that stops it, if permitted.

    `kept`: calls were made before the cancel and are not undone.
    """
    timed_out = operation.error.get("code") == TIMED_OUT
    calls = [row for row, step in zip(rows, operation.plan.steps, strict=True) if step.call]
    if not (operation.state == OperationState.CANCELLED or timed_out) or not any(row.answered for row in calls):
        return {}
    continues = operation.plan.continues if calls[-1].answered or operation.plan.items else None
    stop = continues.stop if continues else None
    return {
        "kept": operation.state == OperationState.CANCELLED,
        "continues": continues,
        "stop_target": _target(user, operation, stop) if stop else None,
    }


def _target(user: User, operation: Operation, stop: Undo) -> Any:
    """Return the resource of the action `stop`, None when the action is not possible now."""
    action = ACTIONS[stop.action]
    try:
        context = action_context(action, user, operation.scope, stop.url_kwargs)
    except Http404:
        return None
    return None if action.obstacle(context.scope.account, context.resource) else context.resource


def _undo_of(operation: Operation, rows: Sequence[OperationStep]) -> Undo | None:
    """Return None while it is in progress, if it made no call, and after it was undone."""
    plan = operation.plan
    if operation.undos.filter(state=OperationState.SUCCEEDED).exists():
        return None
    calls = [row for row, step in zip(rows, plan.steps, strict=True) if step.call]
    if operation.state_enum.active or not any(row.answered or row.called_at for row in calls):
        return None
    last = calls[-1]
    return plan.undo if plan.removal is None or last.answered or last.called_at else plan.removal


def _undo_steps(undo: Operation) -> list[OperationStep]:
    """Return the steps of an undo that make calls."""
    calls = [step.call for step in undo.plan.steps]
    return [row for row, call in zip(undo.steps.all(), calls, strict=True) if call]


def _retried_error(row: OperationStep) -> str:
    """Return the kind of the AwsError for which the step is retried; "" if the cause is not AWS."""
    kind: str = row.error.get("kind", "")
    return kind if row.error.get("code") != OWN_SHARE_SPENT else ""


def _error_card(operation: Operation) -> Explanation | None:
    error = operation.error
    if operation.state not in (OperationState.FAILED, OperationState.ERRORED):
        return None
    if operation.state == OperationState.ERRORED:
        return Explanation(
            what=f"The result is unknown. {error.get('message', '')}",
            why="The dashboard or its connection to AWS failed during a call, which may have taken effect.",
            how="Check the resource and the step below. Retry is safe: it first checks whether the call took effect.",
            raw=f"{error.get('code', '')} {error.get('call', '')} {error.get('request_id', '')}".strip(),
        )
    if not error.get("kind"):
        first, dot, rest = error.get("message", "").partition(". ")
        return Explanation(
            what=f"{first}{dot.strip()}",
            why=rest or f"The step “{error.get('step', '')}” did not finish.",
            how="Fix the problem and submit the change again, or undo it. Retry checks the condition again.",
            raw="",
        )
    card = explain(error["kind"], error["code"], error["message"], error.get("call", ""))
    if error["kind"] in ("Throttled", "Unavailable"):
        return replace(card, how="The retries were not successful. Retry the operation when AWS answers again.")
    return card
