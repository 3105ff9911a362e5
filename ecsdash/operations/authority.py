"""May this person let these calls be made? Asked by the review, by the confirmation, and by the runner before each
call."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from ecsdash.access import ownership, policy
from ecsdash.access.judgement import PLACED, Judge, Judged
from ecsdash.access.models import User
from ecsdash.access.references import ENTRIES, How, Reference, RequiredCapability, named_by
from ecsdash.access.targets import AccessTarget
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.models import Operation, OperationStep, Planned
from ecsdash.operations.plan import Plan, Step
from ecsdash.operations.refs import with_own

Identity = tuple[str, str]
#: How a call names what it creates: a revision changes its family.
MADE: Final = (How.CREATES, How.CHANGES)
#: The code of the error of an operation that was stopped because a call is not permitted.
REFUSED: Final = "Refused"


def judge_plan(user: User, planned: Planned) -> list[Judged]:
    """Judge every call of the plan. Return each thing and capability once, in the order of the calls."""
    judges = {item: judge_for(user, planned, item) for item in {step.item for step in planned.plan.steps}}
    own: set[Identity] = set()
    found: dict[tuple[str, str], Judged] = {}
    for step in planned.plan.steps:
        judge = judges[step.item]
        for judged in judge_step(judge, step, own):
            found.setdefault((str(judged.named), judged.refusal), judged)
        own |= created_by(judge, step)
    return list(found.values())


def may_change(user: User, planned: Planned) -> bool:
    """Return whether the person holds the permission at every place that the plan changes."""
    permission = ACTIONS[planned.action].permission
    return all(policy.can(user, permission, place) for place in planned.places())


def refusal(operation: Operation, step: Step, own: Iterable[Identity], *, exists: bool = False) -> str:
    """Return why the person of the operation may not make this call now; empty when they may.

    The person and their grants are read again. `exists`: AWS answered that what the call creates was there already.
    """
    user = User.objects.get(pk=operation.retried_by_id or operation.user_id)
    judge = judge_for(user, operation, step.item)
    if not policy.can(user, judge.permission, judge.place):
        return f"{user} no longer has the permission for this change. The call was not made."
    for judged in judge_step(judge, step, own, exists=exists):
        if judged.refusal:
            return f"{judged.refusal} {judged.remedy}"
    return ""


def judge_for(user: User, planned: Planned, item: str = "") -> Judge:
    return Judge(user, ACTIONS[planned.action].permission, planned.place_of(item))


def judge_step(judge: Judge, step: Step, own: Iterable[Identity], *, exists: bool = False) -> list[Judged]:
    """Judge the call of a step. `own` are the things that earlier steps create; `exists`: see `refusal`."""
    if not step.call:
        return []
    if step.call not in ENTRIES:
        text = f"What the call {step.call} names is not known to the dashboard, so nobody may make it."
        return [Judged(Reference(How.CHANGES, "call", step.call), "", text, "Report this as a defect.")]
    params, made = with_own(step.params), set(own)
    named = [*named_by(step.call, params), *_implied(judge.where, step.call, params)]
    own_things = [each for each in named if isinstance(each, Reference) and (each.kind, each.name) in made]
    removed = _removed(step, named)
    rest = [each for each in named if each not in own_things and each not in removed]
    if exists:
        rest = [_as_change(each) for each in rest]
    judged = judge.judge(rest, _already(judge, step.call, params))
    return [*judged, *judge.judge_own(own_things), *judge.judge_removed(removed)]


def created_by(judge: Judge, step: Step) -> set[Identity]:
    """Return what the step creates. A thing that exists already is changed by it, not created."""
    if step.call not in ENTRIES:
        return set()
    named = [each for each in named_by(step.call, with_own(step.params)) if isinstance(each, Reference)]
    return {
        (each.kind, each.name)
        for each in named
        if each.how is How.CREATES and not ownership.find(judge.where, each).exists
    }


def created_by_earlier(plan: Plan, answered: Mapping[str, bool]) -> set[Identity]:
    """Return what the steps that have made their call created. `answered`: step key -> the call was not tolerated."""
    return {
        (each.kind, each.name)
        for step in plan.steps
        if step.call in ENTRIES and answered.get(step.key)
        for each in named_by(step.call, with_own(step.params))
        if isinstance(each, Reference) and each.how is How.CREATES
    }


def _as_change(named: Reference | RequiredCapability) -> Reference | RequiredCapability:
    if isinstance(named, Reference) and named.how is How.CREATES:
        return replace(named, how=How.CHANGES)
    return named


def _removed(step: Step, named: Iterable[Reference | RequiredCapability]) -> list[Reference]:
    """Return what the step removes because another operation of this place created it: as the step names it, and by
    the name that it was created with, since the step may know an ID only."""
    row = OperationStep.objects.filter(pk=step.removes).select_related("operation").first() if step.removes else None
    if row is None:
        return []
    source = row.operation.plan.steps[row.position]
    created = named_by(source.call, with_own(source.params))
    return [
        *(each for each in named if isinstance(each, Reference) and each.kind not in PLACED),
        *(each for each in created if isinstance(each, Reference) and each.how in MADE and each.kind not in PLACED),
    ]


def _implied(where: AccessTarget, call: str, params: Mapping[str, Any]) -> list[Reference | RequiredCapability]:
    more = ownership.IMPLIED.get(call)
    return list(more(where, params)) if more else []


def _already(judge: Judge, call: str, params: Mapping[str, Any]) -> list[Reference | RequiredCapability]:
    present = ownership.PRESENT.get(call)
    return list(present(judge.where, params, judge.holds)) if present else []
