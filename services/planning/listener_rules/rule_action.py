"""Shared parts of the actions on listener rules: the place that decides, fingerprints and steps."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse

from ecsdash.access import policy
from ecsdash.access.targets import AccessTarget
from ecsdash.operations.actions import Action, ActionContext
from ecsdash.operations.plan import Change, Check, Effect, Level, Observation
from services.documents.listener_rule import actions
from services.forms.edit_listener_rule import changeable
from services.models import Listener, LoadBalancer
from services.planning.listener_rules.routing import REQUESTS
from services.selectors.listeners import Reader, Rule

TOUCHED = ("listeners", "target_groups", "load_balancers")


class RuleAction(Action):
    """An action on a rule of a load balancer.

    The place that decides is a service behind the rule that the person may change, or else behind the load balancer, so
    that those who operate a service can change its rules; else the whole account and region. The references of the
    calls say whose requests it touches.
    """

    resource_type = LoadBalancer
    watches = ("listeners", "target_groups", "services")

    def may_open(self, context: ActionContext) -> bool:
        """Whether there is something in the form that the person may choose."""
        if policy.can(context.user, self.permission, context.scope.access_target()):
            return True
        return policy.can_within(context.user, self.permission, context.scope.access_target()) and bool(
            self.choices(context)
        )

    def choices(self, context: ActionContext) -> Sequence[Any]:
        """Return the rules that the person may change."""
        return changeable(context, Reader(context.user, context.scope).rules_of(context.resource))

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        if data is None:
            return context.scope.access_target()
        named = [arn for arn, _ in actions.forwarded(data["rule"].actions)] if "rule" in data else []
        return place_of(context, [*named, *(each["target_group"] for each in data.get("targets", ()))])

    def unavailable(self, resource: Any) -> str:
        return "The load balancer no longer exists." if resource.gone_at is not None else ""

    def back(self, context: ActionContext) -> str:
        return reverse("services:load_balancer", kwargs=context.resource.url_kwargs())


def place_of(context: ActionContext, target_groups: Iterable[str]) -> AccessTarget:
    """Return the place of a service behind these target groups that the person may change, else of one behind the load
    balancer, else the account and region."""
    reader = Reader(context.user, context.scope)
    for wanted in (set(target_groups), reader.groups_behind(context.resource)):
        places = (row.access_target() for row in reader.services if wanted & set(row.target_group_arns))
        if held := next((each for each in places if policy.can(context.user, context.permission, each)), None):
            return held
    return context.scope.access_target()


def label_of(context: ActionContext, listener: Listener) -> str:
    return f"{context.resource.name} {listener.label}"


def observed_rule(context: ActionContext, rule: Rule, *after: Effect) -> Observation:
    """Return the observation of the rule as the inventory has it."""
    values = {"priority": rule.priority, "conditions": list(rule.conditions), "actions": list(rule.actions)}
    label = f"Rule {rule.priority} of {label_of(context, rule.listener)}"
    return Observation("listener_rule_settings", {"rule": rule.arn}, values, label, after)


def others(reader: Reader, listener: Listener, rule: Rule | None = None) -> list[Rule]:
    """Return the other rules of the listener, in the order of their evaluation."""
    return [each for each in reader.rules(listener) if rule is None or each.arn != rule.arn]


def predicted(changes: Iterable[Change]) -> tuple[Check, ...]:
    """Return the changes of where requests go as sentences of the review."""
    return tuple(
        Check(Level.OK, f"{each.path[0].upper()}{each.path[1:]} go to {each.after} instead of {each.before}")
        for each in changes
        if each.path.startswith(REQUESTS)
    )
