"""The review shows the state of now: where the inventory may be behind, a worker reads from AWS what the plan was made
from, brings the inventory up to date, and makes the plan again."""

from dataclasses import asdict
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import Http404

from ecsdash.aws.calls import Aws
from ecsdash.inventory.models import SweepState
from ecsdash.inventory.sweeps import schedule
from ecsdash.inventory.sweeps.registry import REFRESHERS
from ecsdash.operations.actions import ACTIONS, action_context, as_query
from ecsdash.operations.hooks import read
from ecsdash.operations.models import Draft
from ecsdash.operations.plan import Check, Level, LiveCheck, Plan, PlanError
from ecsdash.operations.runtime import differences
from ecsdash.web import clock

NAME: Final = "live_state"
TITLE: Final = "The plan is made from the current state in AWS"
BEHIND: Final = "Go back to the form, which has the current state in a few seconds, and review the change again."


def checked_live(draft: Draft) -> bool:
    """Add the check to the plan of a draft if what it was made from may be out of date. Return whether it was added."""
    plan = draft.plan
    if not plan.observes or any(each.name == NAME for each in plan.live_checks) or _fresh(draft):
        return False
    draft.plan_data = _with_check(plan)
    return True


def bring_up_to_date(draft: Draft) -> Check:
    """Compare the plan with AWS. Where they differ, refresh the row and make the plan again, into `draft.plan_data`. A
    plan that is blocked says itself what is in its way.

    Raise an AwsError.
    """
    found = _differences(draft, draft.plan)
    if not found:
        return Check(Level.OK, TITLE)
    detail = f"It changed after the inventory was refreshed: {'; '.join(found)}."
    plan, known = _made_again(draft), draft.plan.blocked
    if plan is None or (not plan.blocked and _differences(draft, plan)):
        schedule.sweep_at_once(draft.account, draft.region, draft.plan.touches)
        return Check(Level.BLOCK, "The inventory is behind AWS", detail, BEHIND)
    draft.plan_data = _with_check(plan)
    if known and plan.blocked:
        return Check(Level.OK, TITLE)
    return Check(Level.WARN, "The plan was made again from the current state", detail)


def _fresh(draft: Draft) -> bool:
    """Return whether the resource, or all of its kind, were read within the last seconds, or are not there yet."""
    resource_type = ACTIONS[draft.action].resource_type
    if resource_type is None:
        return True
    oldest = clock.now() - timedelta(seconds=settings.REVIEW_FRESH_SECONDS)
    rows = resource_type.objects.in_scope(draft.account, draft.region)
    if rows.filter(arn=draft.resource_key, observed_at__gt=oldest).exists():
        return True
    state = SweepState.objects.filter(account=draft.account, region=draft.region, noun=_noun(draft)).first()
    return bool(state and state.completed_at and state.completed_at - timedelta(seconds=state.seconds) > oldest)


def _noun(draft: Draft) -> str:
    """Return the noun of the sweep: `services`."""
    resource_type = ACTIONS[draft.action].resource_type
    return f"{resource_type.NOUN}s" if resource_type else ""


def _differences(draft: Draft, plan: Plan) -> list[str]:
    aws: Aws = draft.account.reader(draft.region)
    seen = [{**asdict(each), "after": []} for each in plan.observes]
    return [text for each in seen for text in read(lambda one: list(differences(aws, one)), each)]


def _made_again(draft: Draft) -> Plan | None:
    """Return the plan of the same form from the refreshed inventory; None if there is none."""
    refresh = REFRESHERS.get(_noun(draft))
    if refresh is None:
        return None
    refresh(draft.scope, [draft.resource_key])
    action = ACTIONS[draft.action]
    try:
        context = action_context(action, draft.user, draft.scope, draft.url_kwargs)
        form = action.form_class(as_query(draft.form_data), context=context)
        plan = action.plan(context, form.cleaned_data) if form.is_valid() else None
    except (Http404, PlanError):
        return None
    return plan if plan and plan.resource_key == draft.resource_key else None


def _with_check(plan: Plan) -> dict[str, object]:
    data = plan.to_json()
    return {**data, "live_checks": [asdict(LiveCheck(NAME, TITLE)), *data["live_checks"]]}
