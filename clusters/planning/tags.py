"""The action "Edit tags", the same for every resource of ECS that has tags."""

from collections.abc import Collection, Mapping
from typing import Any

from clusters.forms.tags import MOST_TAGS, KeptTagFormSet, group_data, tag_list, tag_rows, tags_of
from ecsdash.access import policy
from ecsdash.access.ownership import rules_for
from ecsdash.inventory.models import Resource
from ecsdash.operations.actions import Action, ActionContext, ActionForm
from ecsdash.operations.plan import (
    Change,
    Check,
    Danger,
    Effect,
    Level,
    Observation,
    Plan,
    PlanError,
    Step,
    Undo,
    changes_between,
)

#: Tags that the form does not show: those of AWS, and those by which the dashboard finds what it created.
OF_AWS, OF_DASHBOARD = "aws:", "ecsdash:"

Tags = dict[str, str]


class EditTagsForm(ActionForm):
    groups = {"tags": KeptTagFormSet}


class TagAction(Action):
    """Sets and removes tags. A subclass names the resource type; the inventory must have the tags in its rows."""

    label = "Edit tags"
    danger = Danger.NONE
    icon = "tags"
    form_class = EditTagsForm
    template = "clusters/edit_tags.html"
    calls = ("ecs.tag_resource", "ecs.untag_resource")

    def initial(self, context: ActionContext) -> dict[str, Any]:
        return {"tags": tag_rows(_own(context.resource.shown_tags))}

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        row: Resource = context.resource
        before, after = _own(row.tags), tags_of(data["tags"])
        _check_keys(row, after)
        changes = changes_between(before, after)
        if not changes:
            raise PlanError("The form has no changes. Change a tag, or cancel.")
        keys = [each.path for each in changes]
        return Plan(
            summary=f"Edit the tags of the {row.NOUN.replace('_', ' ')} {row.name}",
            resource_key=row.arn,
            resource_name=row.name,
            steps=_steps(row.arn, before, after),
            changes=tuple(Change(f"tag {each.path}", each.before, each.after) for each in changes),
            checks=_owner_checks(context, row, keys),
            observes=(_observed(row, keys, before, after),),
            undo=Undo(self.name, "restore the previous tags", row.url_kwargs(), group_data("tags", tag_rows(before))),
            touches=(f"{row.NOUN}s",),
        )

    def unavailable(self, resource: Any) -> str:
        return "It no longer exists." if resource.gone_at is not None else ""


def _own(tags: Mapping[str, str]) -> Tags:
    """Return the tags that people set."""
    return {key: value for key, value in tags.items() if not key.startswith((OF_AWS, OF_DASHBOARD))}


def _check_keys(row: Resource, after: Tags) -> None:
    """Raise PlanError for a reserved key, and for more tags than ECS allows; those of AWS do not count."""
    reserved = [key for key in after if key.startswith(OF_DASHBOARD)]
    if reserved:
        raise PlanError(f"The prefix {OF_DASHBOARD} is reserved for the dashboard. Rename {', '.join(reserved)}.")
    hidden = sum(key.startswith(OF_DASHBOARD) for key in row.tags)
    if len(after) + hidden > MOST_TAGS:
        text = f"{hidden} of them {'is' if hidden == 1 else 'are'} the dashboard's own and not shown"
        raise PlanError(f"ECS allows {MOST_TAGS} tags, {text}. Remove {len(after) + hidden - MOST_TAGS}.")


def _steps(arn: str, before: Tags, after: Tags) -> tuple[Step, ...]:
    removed = sorted(before.keys() - after.keys())
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    steps = []
    if removed:
        params: dict[str, Any] = {"resourceArn": arn, "tagKeys": removed}
        steps.append(Step("untag", f"Remove the tags {', '.join(removed)}", "ecs.untag_resource", params))
    if changed:
        params = {"resourceArn": arn, "tags": tag_list(changed)}
        steps.append(Step("tag", f"Set the tags {', '.join(sorted(changed))}", "ecs.tag_resource", params))
    return tuple(steps)


def _observed(row: Resource, keys: Collection[str], before: Tags, after: Tags) -> Observation:
    """Return the observation of the changed tags, with what the steps `untag` and `tag` bring about."""
    untagged = {key: before.get(key) if key in after else None for key in keys}
    effects = (Effect("untag", untagged), Effect("tag", {key: after.get(key) for key in keys}))
    identity = {"arn": row.arn, "keys": list(keys)}
    return Observation("resource_tags", identity, {key: before.get(key) for key in keys}, row.name, effects)


def _owner_checks(context: ActionContext, row: Resource, keys: Collection[str]) -> tuple[Check, ...]:
    """Return the checks of tags by which rules decide who owns the resource: changing them may give it away."""
    rules = [
        rule
        for rule in rules_for(context.scope.account.alias)
        if rule.tag_key in keys and rule.kind == row.NOUN and rule.tag_key
    ]
    if not rules:
        return ()
    title = f"The tag {rules[0].tag_key} decides which team owns it"
    if policy.can(context.user, context.permission, context.scope.access_target()):
        return (Check(Level.WARN, title, "; ".join(map(str, rules))),)
    fix = "Ask somebody who may do this in the whole account and region."
    return (Check(Level.BLOCK, title, "; ".join(map(str, rules)), fix),)
