"""The steps of a plan for the pages of drafts and operations."""

from dataclasses import dataclass

from ecsdash.aws.names import as_cli, iam_actions
from ecsdash.masking import mask
from ecsdash.operations.plan import Plan, Step
from ecsdash.operations.refs import described
from ecsdash.web.html import pretty


@dataclass(frozen=True)
class ShownStep:
    """A step for display: placeholders described, secrets masked."""

    title: str
    call: str
    json: str
    cli: str
    until: str


def shown_steps(plan: Plan, region: str) -> list[ShownStep]:
    return [_shown(step, region) for step in plan.steps]


def _shown(step: Step, region: str) -> ShownStep:
    params = described(mask(step.params))
    return ShownStep(
        title=step.title,
        call=step.call,
        json=pretty(params),
        cli=as_cli(step.call, params, region) if step.call else "",
        until=step.until.replace("_", " "),
    )


def needed_iam_actions(plan: Plan) -> list[str]:
    return sorted({name for step in plan.steps if step.call for name in iam_actions(step.call, step.params)})
