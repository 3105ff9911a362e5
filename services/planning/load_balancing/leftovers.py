"""Shared parts of the actions that delete load balancers and target groups that nothing uses."""

from typing import Any

from django.urls import reverse

from ecsdash.operations.actions import Action, ActionContext
from ecsdash.operations.plan import Check, Danger, Effect, Level, Observation, Plan, Step
from services.models import Service

NOUNS = ("load_balancers", "listeners", "target_groups")


class DeleteLeftover(Action):
    """Delete a resource of Elastic Load Balancing that no service uses."""

    danger = Danger.LOSES
    icon = "trash"
    watches = (*NOUNS, "services")

    def back(self, context: ActionContext) -> str:
        return reverse("services:load_balancers", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Load balancers", self.back(context)), (context.resource.name, "")]


def users_check(context: ActionContext, groups: set[str], nobody: str) -> Check:
    """Return the check that no service uses these target groups."""
    rows = Service.objects.in_scope(context.scope.account, context.scope.region).present()
    users = [(row, arns) for row, arns in rows.values_list("pk", "target_group_arns") if groups & set(arns)]
    if not users:
        return Check(Level.OK, nobody)
    seen = Service.objects.visible_to(context.user).filter(pk__in=[pk for pk, _ in users])
    names = ", ".join(sorted(seen.values_list("name", flat=True))[:5]) or "A service that you may not view"
    return Check(Level.BLOCK, f"{names} uses it", "Its tasks would get no more requests.", "Delete the service first.")


def targets_observed(params: dict[str, Any], label: str) -> Observation:
    """Return the observation that no target is registered: also none that is not a task."""
    return Observation("registered_targets", params, {"targets": 0}, label, (Effect("delete", None),))


def deletion(row: Any, call: str, key: str, noun: str, missing: str) -> Step:
    return Step("delete", f"Delete the {noun} {row.name}", call, {key: row.arn}, tolerate=(missing,))


def lost(noun: str, row: Any, **parts: Any) -> Plan:
    """Return the plan that deletes the row; it has no undo."""
    return Plan(
        summary=f"Delete the {noun} {row.name}", resource_key=row.arn, resource_name=row.name, touches=NOUNS, **parts
    )
