"""The first step of every operation: read again what the plan was made from. A retry begins with it too."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from ecsdash.operations.models import OperationStep
from ecsdash.operations.plan import ANY, Effect, Plan, Step
from ecsdash.operations.refs import Results, UnresolvedReference, resolve

KEY: Final = "verify"


def first_steps(plan: Plan) -> tuple[Step, ...]:
    """Return the step that verifies the plan's observations; no step if it has none."""
    if not plan.observes:
        return ()
    title = "Verify that nothing changed since the review"
    return (Step(KEY, title, until="unchanged", until_params=_params(plan, ()), timeout=60),)


def for_retry(plan_data: Mapping[str, Any], rows: Iterable[OperationStep]) -> dict[str, Any]:
    """Return the data of an operation's plan whose first step accepts the effects of the calls that were made."""
    params = _params(Plan.from_json(plan_data), rows)
    steps = [{**step, "until_params": params} if step["key"] == KEY else step for step in plan_data["steps"]]
    return {**plan_data, "steps": steps}


def _params(plan: Plan, rows: Iterable[OperationStep]) -> dict[str, Any]:
    """Return the parameters of the condition `unchanged`; `after` holds the values of the effects of calls made."""
    results = {row.key: row.result for row in rows if row.answered}
    called = {row.key for row in rows if row.called_at or row.answered}
    observations = []
    for each in plan.observes:
        after = [_values(effect, results) for effect in each.after if effect.by in called]
        observations.append({**asdict(each), "after": after})
    return {"observations": observations}


def _values(effect: Effect, results: Results) -> dict[str, Any] | None:
    """Return the values with their refs resolved. The answer of a call in flight is not known: ANY."""
    if effect.values is None:
        return None
    values = {}
    for name, value in effect.values.items():
        try:
            values[name] = resolve(value, results, "")
        except UnresolvedReference:
            values[name] = ANY
    return values
