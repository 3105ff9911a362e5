from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Check, Effect, Level, Plan, Step, Undo
from services.documents.listener_rule import conditions
from services.forms.edit_listener_rule import ChosenRuleForm, initial_of, posted
from services.planning.listener_rules.checks import abandoned, shifting_checks
from services.planning.listener_rules.routing import moved
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
class DeleteListenerRule(RuleAction):
    name = "delete_listener_rule"
    label = "Delete rule"
    path = "load-balancers/<str:load_balancer>/rules/delete/"
    form_class = ChosenRuleForm
    template = "services/load_balancers/delete_rule.html"
    icon = "trash"
    calls = ("elbv2.delete_rule",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        rule: Rule = data["rule"]
        reader = Reader(context.user, context.scope)
        rules = others(reader, rule.listener, rule)
        changes = tuple(moved(rules, reader.default(rule.listener), rule))
        return Plan(
            summary=f"Delete rule {rule.priority} of {label_of(context, rule.listener)}: {rule.words}",
            resource_key=rule.listener.arn,
            resource_name=label_of(context, rule.listener),
            steps=(
                Step(
                    "delete",
                    f"Delete rule {rule.priority}",
                    "elbv2.delete_rule",
                    {"RuleArn": rule.arn},
                    tolerate=("RuleNotFound",),
                ),
            ),
            changes=changes,
            checks=(*predicted(changes), *_checks(reader, rule)),
            observes=(observed_rule(context, rule, Effect("delete", None)),),
            undo=_undo(context, rule),
            touches=TOUCHED,
        )


def _checks(reader: Reader, rule: Rule) -> Iterator[Check]:
    yield from shifting_checks(rule, deleting=True)
    yield from abandoned(reader, [rule])
    if not _restorable(rule):
        detail = "It has values that only AWS knows, or settings that the form does not have."
        yield Check(Level.WARN, "The rule cannot be created again from here", detail, "Note its settings first.")


def _restorable(rule: Rule) -> bool:
    return rule.editable and not conditions.hidden(rule.conditions)


def _undo(context: ActionContext, rule: Rule) -> Undo | None:
    if not _restorable(rule):
        return None
    data = {**posted(initial_of(rule)), "listener": rule.listener.arn}
    return Undo("create_listener_rule", "create the rule again", context.resource.url_kwargs(), data)
