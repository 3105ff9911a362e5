from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Check, Effect, Plan, PlanError, Step, Undo
from services.documents.listener_rule import actions, conditions
from services.forms.edit_listener_rule import EditRuleForm, initial_of, next_free, posted
from services.forms.rule_action import action_of
from services.planning.listener_rules.checks import abandoned, clashes, shifting_checks, target_checks
from services.planning.listener_rules.routing import Wanted, moved
from services.planning.listener_rules.rule_action import (
    TOUCHED,
    RuleAction,
    label_of,
    observed_rule,
    others,
    predicted,
)
from services.selectors.listeners import Reader, Rule


@register
class EditListenerRule(RuleAction):
    """Change the conditions, the action or the priority of a rule."""

    name = "edit_listener_rule"
    label = "Edit rule"
    path = "load-balancers/<str:load_balancer>/rules/edit/"
    form_class = EditRuleForm
    template = "services/load_balancers/edit_rule.html"
    icon = "edit"
    calls = ("elbv2.modify_rule", "elbv2.set_rule_priorities")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        rule: Rule = data["rule"]
        wanted = Wanted(
            data["priority"] or next_free(rule.listener) or 0,
            [each["condition"] for each in data["conditions"]],
            action_of(data),
        )
        steps = tuple(_steps(rule, wanted))
        if not steps:
            raise PlanError("The form has no changes. Change a value, or cancel.")
        reader = Reader(context.user, context.scope)
        rules = others(reader, rule.listener, rule)
        changes = tuple(moved(rules, reader.default(rule.listener), rule, wanted))
        return Plan(
            summary=f"Change rule {rule.priority} of {label_of(context, rule.listener)}",
            resource_key=rule.listener.arn,
            resource_name=label_of(context, rule.listener),
            steps=steps,
            changes=(*changes, *_settings(rule, wanted)),
            checks=(*predicted(changes), *_checks(reader, rules, rule, wanted)),
            observes=(observed_rule(context, rule, *_effects(rule, wanted)),),
            undo=_undo(context, rule, wanted),
            touches=TOUCHED,
        )


def _other_conditions(rule: Rule, wanted: Wanted) -> bool:
    return conditions.conceal(wanted.conditions) != list(rule.conditions)


def _steps(rule: Rule, wanted: Wanted) -> Iterator[Step]:
    params: dict[str, Any] = {}
    if _other_conditions(rule, wanted):
        if conditions.hidden(wanted.conditions):
            raise PlanError("AWS takes all conditions together: enter the hidden values of the others again.")
        params["Conditions"] = conditions.parameters(wanted.conditions)
    if [wanted.action] != list(rule.actions):
        params["Actions"] = actions.parameters([wanted.action])
    if params:
        yield Step("modify", f"Change rule {rule.priority}", "elbv2.modify_rule", {"RuleArn": rule.arn, **params})
    if wanted.priority != rule.priority:
        moved = [{"RuleArn": rule.arn, "Priority": wanted.priority}]
        title = f"Change its priority to {wanted.priority}"
        yield Step("move", title, "elbv2.set_rule_priorities", {"RulePriorities": moved})


def _effects(rule: Rule, wanted: Wanted) -> Iterator[Effect]:
    changed: dict[str, Any] = {}
    if _other_conditions(rule, wanted):
        changed["conditions"] = conditions.conceal(wanted.conditions)
    if [wanted.action] != list(rule.actions):
        changed["actions"] = [wanted.action]
    if changed:
        yield Effect("modify", changed)
    if wanted.priority != rule.priority:
        yield Effect("move", {"priority": wanted.priority})


def _settings(rule: Rule, wanted: Wanted) -> Iterator[Change]:
    if wanted.priority != rule.priority:
        yield Change("priority", rule.priority, wanted.priority)
    sticky = int(wanted.action.get("sticky", 0))
    if sticky != rule.sticky:
        yield Change("stickiness in seconds", rule.sticky or None, sticky or None)


def _checks(reader: Reader, rules: Sequence[Rule], rule: Rule, wanted: Wanted) -> Iterator[Check]:
    yield from shifting_checks(rule, deleting=False)
    yield from clashes(rules, wanted)
    yield from target_checks(reader, rule.listener.load_balancer_arn, wanted)
    yield from abandoned(reader, [rule], [arn for arn, _ in actions.forwarded([wanted.action])])


def _undo(context: ActionContext, rule: Rule, wanted: Wanted) -> Undo | None:
    """Return the action that restores the rule; None if it had a value that only AWS knows, and has it no more."""
    if conditions.hidden(rule.conditions) and _other_conditions(rule, wanted):
        return None
    data = {**posted(initial_of(rule)), "rule": rule.arn}
    return Undo("edit_listener_rule", "restore the previous rule", context.resource.url_kwargs(), data)
