from collections.abc import Mapping
from typing import Any

from clusters.forms.tags import tag_list
from ecsdash.external_changes.models import ExternalChange
from ecsdash.external_changes.reverting import ALREADY, RevertAction
from ecsdash.inventory.former_states import TAGS
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Effect, Observation, Plan, PlanError, Step
from services.external_changes import tagged

TAG, UNTAG = "ecs.tag_resource", "ecs.untag_resource"
Tags = dict[str, str | None]


@register
class RevertTagChange(RevertAction):
    name = "revert_tag_change"
    path = "external-changes/<str:change>/revert-tags/"
    calls = (TAG, UNTAG)
    reverts = ("ecs:TagResource", "ecs:UntagResource")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        change: ExternalChange = context.resource
        wanted: Tags = self.former_of(change)[TAGS]
        row = tagged(change.resource_arn)
        if row is None or row.gone_at:
            raise PlanError("The resource no longer exists.")
        present: Tags = {key: row.tags.get(key) for key in wanted}
        if present == wanted:
            raise PlanError(ALREADY)
        identity = {"arn": row.arn, "keys": list(wanted)}
        return Plan(
            summary=f"Revert the change of tags of {row.name} by {change.person}",
            resource_key=row.arn,
            resource_name=row.name,
            steps=_steps(row.arn, wanted),
            changes=(Change(TAGS, present, wanted),),
            observes=(Observation("resource_tags", identity, present, row.name, _effects(present, wanted)),),
            touches=(f"{row.NOUN}s",),
        )


def _steps(arn: str, wanted: Tags) -> tuple[Step, ...]:
    """Return the calls that remove the tags that were not there, and set the others."""
    removed = [key for key, value in wanted.items() if value is None]
    restored = {key: value for key, value in wanted.items() if value is not None}
    steps = []
    if removed:
        params: dict[str, Any] = {"resourceArn": arn, "tagKeys": removed}
        steps.append(Step("untag", f"Remove the tags {', '.join(removed)}", UNTAG, params))
    if restored:
        params = {"resourceArn": arn, "tags": tag_list(restored)}
        steps.append(Step("tag", f"Set the tags {', '.join(restored)}", TAG, params))
    return tuple(steps)


def _effects(present: Tags, wanted: Tags) -> tuple[Effect, ...]:
    """Return what the steps `untag` and `tag` bring about, one after the other."""
    kept = {key: value if wanted[key] is not None else None for key, value in present.items()}
    return Effect("untag", kept), Effect("tag", wanted)
