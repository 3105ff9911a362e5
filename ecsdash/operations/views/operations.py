"""The list and the page of operations: progress from real counters, cancel, retry, undo."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ecsdash.access import policy
from ecsdash.access.client import client_ip
from ecsdash.access.models import User
from ecsdash.aws.errors import OWN_SHARE_SPENT
from ecsdash.aws.explain import Explanation, explain
from ecsdash.inventory import changes
from ecsdash.inventory.scope import visible_scopes
from ecsdash.masking import mask
from ecsdash.operations import control, jobs
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.drafts import NotAllowed, as_query, make_draft, with_live_checks
from ecsdash.operations.models import Operation, OperationStep
from ecsdash.operations.plan import Undo
from ecsdash.operations.refs import UnresolvedReference, described, resolve
from ecsdash.operations.retry import OUTAGE_SECONDS
from ecsdash.operations.states import ENDED_BADLY, OperationState, StepState
from ecsdash.operations.views.actions import action_context
from ecsdash.operations.views.shown_steps import needed_iam_actions, shown_steps
from ecsdash.web.polling import fragments
from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.table import Table

COLUMNS = [
    Column("action", "Operation", sort="action", filter="action", cell="operations/cells.html#what"),
    Column("state", "State", sort="state", filter="state", cell="operations/cells.html#state"),
    Column("resource_name", "Resource", sort="resource_name", filter="resource_name"),
    Column("account.alias", "Account", filter="account__alias", secondary=True),
    Column("region", "Region", filter="region", secondary=True),
    Column("user.username", "By", filter="user__username"),
    Column("created_at", "Started", sort="created_at", cell=ago),
]


@require_GET
def operation_list(request: HttpRequest) -> HttpResponseBase:
    version = changes.version_of(visible_scopes(cast(User, request.user)), "operations")
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
        empty_hint="Every change made here is listed: who asked for it, each step, and how it ended.",
    )
    if answer := table.answer():
        return answer
    context = {"table": table, "crumbs": [("Operations", "")]}
    return fragments.render(
        request, "operations/list.html", context, fragments.Fragment("operations", version=version, every=5)
    )


@require_GET
def running_operations(request: HttpRequest) -> HttpResponse:
    """How many are under way: the pill in the top bar of every page. The number comes from the context processor."""
    version = changes.version_of(visible_scopes(cast(User, request.user)), "operations")
    fragment = fragments.Fragment("running", version=version, every=5)
    return fragments.answer(request, fragment, lambda: render_to_string("components/running.html", request=request))


@require_GET
def operation_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    operation = _find(request, pk)
    request.scope = operation.scope  # type: ignore[attr-defined]  # the frame's scope menu reads it
    version = changes.version_of(operation.scope, "operations", "operation_steps")
    fragment = fragments.Fragment("progress", version=version, every=2, final=not operation.state_enum.active)
    return fragments.render(request, "operations/detail.html", lambda: _context(request, operation), fragment)


@require_POST
def operation_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    operation = _find(request, pk, to_change=True)
    try:
        control.cancel(
            operation, by=cast(User, request.user), source_ip=client_ip(request), enqueue_run=jobs.enqueue_run
        )
    except control.NotNow as error:
        messages.warning(request, str(error))
    return HttpResponseRedirect(reverse("operations:detail", args=[pk]))


@require_POST
def operation_retry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    operation = _find(request, pk, to_change=True)
    try:
        control.retry(
            operation, by=cast(User, request.user), source_ip=client_ip(request), enqueue_run=jobs.enqueue_run
        )
    except control.NotNow as error:
        messages.warning(request, str(error))
    except control.AlreadyRunning as running:
        messages.warning(request, "Another operation is changing the same resource. Retry when it has ended.")
        return HttpResponseRedirect(reverse("operations:detail", args=[running.operation.pk]))
    return HttpResponseRedirect(reverse("operations:detail", args=[pk]))


@require_POST
def operation_undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Plans the undoing action against the present state; its review page is shown before anything happens."""
    operation = _find(request, pk)
    undo = _undo_of(operation, list(operation.steps.all()))
    if undo is None:
        raise Http404("There is nothing to undo")
    user = cast(User, request.user)
    action, results = ACTIONS[undo.action], {step.key: step.result for step in operation.steps.all()}
    try:
        kwargs, data = resolve(undo.url_kwargs, results, ""), resolve(undo.data, results, "")
        context = action_context(action, user, operation.scope, kwargs)
    except (UnresolvedReference, Http404):
        messages.warning(request, "What this would undo does not exist (yet, or any more).")
        return HttpResponseRedirect(reverse("operations:detail", args=[pk]))
    form = action.form_class(as_query(data), context=context)
    try:
        draft = make_draft(action, context, form, undo_of=operation)
    except NotAllowed as error:
        raise PermissionDenied(f"You may not do this here: {error}") from error
    if draft is None:
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return HttpResponseRedirect(reverse("operations:detail", args=[pk]))
    with_live_checks(draft, jobs.enqueue_checks)
    return HttpResponseRedirect(reverse("operations:draft", args=[draft.pk]))


def _find(request: HttpRequest, pk: uuid.UUID, *, to_change: bool = False) -> Operation:
    rows = Operation.objects.visible_to(request.user).select_related("account", "user")
    operation: Operation = get_object_or_404(rows, pk=pk)
    if to_change and not policy.can(request.user, ACTIONS[operation.action].permission, operation.access_target()):
        raise PermissionDenied("You may see this operation but not change it.")
    return operation


def _context(request: HttpRequest, operation: Operation) -> dict[str, Any]:
    plan, rows = operation.plan, list(operation.steps.all())
    steps = list(zip(rows, shown_steps(plan, operation.region), strict=True))
    action, state = ACTIONS[operation.action], operation.state_enum
    may_change = policy.can(request.user, action.permission, operation.access_target())
    return {
        "operation": operation,
        "action": action,
        "plan": plan,
        "steps": steps,
        "shown": [step for _, step in steps],
        "done": sum(row.state == StepState.SUCCEEDED for row in rows),
        "changes": mask(described([{"path": c.path, "before": c.before, "after": c.after} for c in plan.changes])),
        "iam_actions": needed_iam_actions(plan),
        "cost": plan.cost,
        "error": _error_card(operation),
        "trouble": next(filter(None, map(_trouble, rows)), "") if state.active else "",
        "outage_minutes": int(OUTAGE_SECONDS / 60),
        "may_cancel": may_change and state.active and not operation.cancel_requested_by,
        "may_retry": may_change and state in ENDED_BADLY,
        "undo": _undo_of(operation, rows) if may_change else None,
        "undos": operation.undos.all(),
        "crumbs": [("Operations", reverse("operations:list")), (plan.summary, "")],
    }


def _undo_of(operation: Operation, rows: Sequence[OperationStep]) -> Undo | None:
    """None while it runs, and when it ended before its first call."""
    plan = operation.plan
    calls = [row for row, step in zip(rows, plan.steps, strict=True) if step.call]
    if operation.state_enum.active or not any(row.answered or row.called_at for row in calls):
        return None
    last = calls[-1]
    return plan.undo if plan.removal is None or last.answered or last.called_at else plan.removal


def _trouble(row: OperationStep) -> str:
    """The kind of AwsError that keeps the step waiting; "" where AWS has no part in it."""
    kind: str = row.error.get("kind", "")
    return kind if row.error.get("code") != OWN_SHARE_SPENT else ""


def _error_card(operation: Operation) -> Explanation | None:
    error = operation.error
    if operation.state not in (OperationState.FAILED, OperationState.ERRORED):
        return None
    if operation.state == OperationState.ERRORED:
        return Explanation(
            what=f"The outcome is not known. {error.get('message', '')}",
            why="The dashboard or the way to AWS broke while a call was under way, so it may have taken effect or not.",
            how="Look at the resource and at the step below. Retry is safe: it looks first for the effect.",
            raw=f"{error.get('code', '')} {error.get('call', '')} {error.get('request_id', '')}".strip(),
        )
    if not error.get("kind"):
        return Explanation(
            what=error.get("message", ""),
            why=f"The step “{error.get('step', '')}” did not come to its end.",
            how="Mend what it names and make the change anew, or undo it. Retry looks again whether it has come true.",
            raw=error.get("code", ""),
        )
    card = explain(error["kind"], error["code"], error["message"], error.get("call", ""))
    if error["kind"] in ("Throttled", "Unavailable"):
        return replace(card, how="It was tried again and again. Retry goes on from here as soon as AWS answers.")
    return card
