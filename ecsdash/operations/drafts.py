"""Drafts: made from the plan of a form, with live checks."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models.functions import Now

from ecsdash.aws.errors import AwsError
from ecsdash.inventory import changes
from ecsdash.inventory.models import READ_ONLY
from ecsdash.operations import live_state
from ecsdash.operations.actions import Action, ActionContext, ActionForm
from ecsdash.operations.hooks import LIVE_CHECKS
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.plan import Check, Level, LiveCheck, PlanError
from ecsdash.web import clock

NOT_KEPT = {"csrfmiddlewaretoken", "at_once"}
CHECKS_OVERDUE_AFTER = timedelta(seconds=20)
log = structlog.get_logger(__name__)


class NotAllowed(Exception):
    """The user has no permission for the resource that the form names."""


def make_draft(
    action: Action, context: ActionContext, form: ActionForm, *, undo_of: Operation | None = None
) -> Draft | None:
    """Return the draft of a valid form. Return None after adding the plan's error to the form."""
    if not form.is_valid():
        return None
    if context.scope.account.read_only:
        form.add_error(None, READ_ONLY)
        return None
    data = form.cleaned_data
    target = action.access_target(context, data)
    if not action.permits(context.user, target):
        raise NotAllowed(action.label)
    try:
        plan = action.plan(context, data)
    except PlanError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return None
    return Draft.objects.create(
        user=context.user,
        action=action.name,
        account=context.scope.account,
        region=context.scope.region,
        cluster=target.cluster,
        service=target.service,
        resource_type=action.noun,
        resource_key=plan.resource_key,
        resource_name=plan.resource_name,
        url_kwargs=context.resource.url_kwargs() if context.resource is not None else context.scope.url_kwargs(),
        form_data=_kept(form.data),
        plan_data=plan.to_json(),
        undo_of=undo_of,
    )


def with_live_checks(draft: Draft, send: Callable[[str], None]) -> None:
    """Enqueue the plan's live checks that have no result yet, if there are any: first the one of the current state."""
    if live_state.checked_live(draft):
        draft.save(update_fields=["plan_data"])
    _, pending = checks_of(draft)
    if pending:
        Draft.objects.filter(pk=draft.pk).update(checks_sent_at=Now())
        transaction.on_commit(lambda: send(str(draft.pk)))


def run_live_checks(draft_id: uuid.UUID) -> None:
    """Run the live checks of the draft. Each result is stored immediately, so that the page shows it."""
    draft = Draft.objects.select_related("account").filter(pk=draft_id).first()
    if draft is None:
        return
    _, pending = checks_of(draft)
    while pending:
        check = pending[0]
        result = _run_live_check(draft, check)
        with transaction.atomic():
            row = Draft.objects.select_for_update().filter(pk=draft_id).first()
            if row is None:
                return  # confirmed meanwhile
            row.checked[check.title] = asdict(result)
            row.plan_data = draft.plan_data  # made again where the inventory was behind
            row.save(update_fields=["checked", "plan_data"])
            changes.bump(row.account, row.region, "draft_checks")
        draft.checked = row.checked
        _, pending = checks_of(draft)


def checks_of(draft: Draft) -> tuple[list[Check], list[LiveCheck]]:
    """Return the checks that have a result, and the live checks that are still running."""
    plan = draft.plan
    done = [Check.from_json(stored) for stored in draft.checked.values()]
    return [*plan.checks, *done], [check for check in plan.live_checks if check.title not in draft.checked]


def checks_overdue(draft: Draft) -> bool:
    """Return whether live checks have had no result for so long that perhaps no worker runs them."""
    _, pending = checks_of(draft)
    return bool(pending) and clock.now() - (draft.checks_sent_at or draft.created_at) > CHECKS_OVERDUE_AFTER


def _run_live_check(draft: Draft, check: LiveCheck) -> Check:
    try:
        if check.name == live_state.NAME:
            return live_state.bring_up_to_date(draft)
        return LIVE_CHECKS[check.name](draft.account.writer(draft.region, draft.user), **check.params)
    except AwsError as error:
        return Check(Level.WARN, check.title, f"This check failed to run: {error.message or error.code}")
    except Exception:
        log.exception("live_check_broke", check=check.name)
        return Check(Level.WARN, check.title, "This check failed to run. The log of the dashboard has the details.")


def _kept(data: Any) -> dict[str, list[str]]:
    lists = data.lists() if hasattr(data, "lists") else ((key, [value]) for key, value in data.items())
    return {key: [str(v) for v in values] for key, values in lists if key not in NOT_KEPT}
