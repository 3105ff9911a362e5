"""Base class of the actions that revert external changes: one in each app, for the calls that it knows."""

import json
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final

from ecsdash.external_changes.models import ExternalChange
from ecsdash.masking import MASK
from ecsdash.operations.actions import ACTIONS, Action, ActionContext
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Change, Danger, PlanError

#: Why calls cannot be reverted, and what can be done instead.
IRREVERSIBLE: Final = {
    "ecs:DeleteService": "A deleted service cannot be restored. Create it again.",
    "ecs:DeleteCluster": "A deleted cluster cannot be restored. Create it again.",
    "ecs:CreateService": "To undo it, delete the service.",
    "ecs:CreateCluster": "To undo it, delete the cluster.",
    "ecs:RegisterTaskDefinition": "A revision cannot be unregistered without a trace. Deregister it, or roll the "
    "services that use it back.",
    "ecs:DeregisterTaskDefinition": "A deregistered revision cannot become active again. Register its content as a "
    "new revision.",
    "ecs:DeleteTaskDefinitions": "A deleted revision cannot be restored.",
    "ecs:RunTask": "To undo it, stop the task.",
    "ecs:StopTask": "A stopped task cannot be started again. Run a new one.",
}
NOT_KNOWN: Final = "The settings before this change are not known, or were the same."
ALREADY: Final = (
    "The inventory shows the former settings: somebody has restored them, or the next scan shows the change in a few "
    "seconds."
)
HIDDEN: Final = "The former settings hold a hidden value, which the dashboard does not keep."
NOT_OFFERED: Final = "The dashboard cannot revert this kind of call. Restore the settings where the change was made."


class RevertAction(Action):
    """`reverts` are the operations whose changes it can revert (`ecs:UpdateService`)."""

    label = "Revert"
    danger = Danger.CHANGES
    resource_type = ExternalChange
    icon = "arrow-back-up"
    reverts: ClassVar[tuple[str, ...]] = ()

    def unavailable(self, resource: Any) -> str:
        return hindrance(resource.former) if resource.operation in self.reverts else NOT_OFFERED

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return list(context.resource.crumbs())

    def former_of(self, change: ExternalChange) -> dict[str, Any]:
        """Return the former settings that were set. Raise PlanError if this action cannot restore them."""
        if reason := RevertAction.unavailable(self, change):
            raise PlanError(reason)
        return _set(change.former)


def revert_action(change: ExternalChange) -> RevertAction | None:
    return next((each for each in _actions() if change.operation in each.reverts), None)


def why_not(change: ExternalChange) -> str:
    """Return why the change cannot be reverted, and what to do instead; empty if it can be."""
    action = revert_action(change)
    if action:
        return action.unavailable(change)
    return IRREVERSIBLE.get(change.operation, NOT_OFFERED)


def revert_operations(changes: Collection[ExternalChange], **wanted: Any) -> dict[str, Operation]:
    """Return the newest operation that reverts each change, by the change's name; `wanted` are further conditions."""
    names = [action.name for action in _actions()]
    wanted |= {"action__in": names, "url_kwargs__change__in": [each.name for each in changes]}
    rows = Operation.objects.filter(**wanted).order_by("created_at") if changes else ()
    return {row.url_kwargs["change"]: row for row in rows}


def restored(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the changes from the present settings to those wanted. Raise PlanError if there are none."""
    changes = tuple(
        Change(name, present.get(name), value) for name, value in wanted.items() if present.get(name) != value
    )
    if not changes:
        raise PlanError(ALREADY)
    return changes


def hindrance(former: Mapping[str, Any] | None) -> str:
    """Return why these settings cannot be restored; empty if they can be."""
    if not _set(former):
        return NOT_KNOWN
    return HIDDEN if MASK in json.dumps(former, ensure_ascii=False) else ""


def _set(former: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (former or {}).items() if value is not None}


def _actions() -> list[RevertAction]:
    return [each for each in ACTIONS.values() if isinstance(each, RevertAction)]
