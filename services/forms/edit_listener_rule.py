"""The forms that create and change a rule of a listener."""

from collections.abc import Mapping
from typing import Any

from django import forms

from ecsdash.operations.actions import ActionContext, ActionForm
from services.documents.listener_rule.actions import FORWARD
from services.documents.listener_rule.conditions import PATH
from services.forms.rule_action import RuleActionFields, TargetFormSet, posted_action
from services.forms.rule_conditions import ConditionFormSet, posted_conditions
from services.models import WITH_RULES, Listener
from services.selectors.listeners import Reader, Rule
from services.selectors.load_balancers import LAST_PRIORITY, free_priority


class RuleForm(RuleActionFields, ActionForm):
    groups = {"conditions": ConditionFormSet, "targets": TargetFormSet}
    priority = forms.IntegerField(
        label="Priority",
        required=False,
        min_value=1,
        max_value=LAST_PRIORITY,
        help_text="Rules are evaluated from the lowest number up. Empty: the next free one, after the existing rules.",
    )

    def unused_groups(self) -> frozenset[str]:
        return frozenset() if self["kind"].value() == FORWARD else frozenset({"targets"})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_action(data)
        return data


class CreateRuleForm(RuleForm):
    """Form; cleaned, `listener` is a Listener of the load balancer."""

    listener = forms.ChoiceField(label="Listener")
    field_order = ("listener",)

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        self.reader = Reader(context.user, context.scope)
        rows = self.reader.listeners[context.resource.arn]
        self.listeners = {row.arn: row for row in rows if row.protocol in WITH_RULES}
        given = kwargs.get("initial") or {}
        initial = {"conditions": [{"field": PATH}], "targets": [{"weight": 1}], **given}
        if chosen := self.listeners.get(str(given.get("listener"))) or next(iter(self.listeners.values()), None):
            initial = {"priority": next_free(chosen), **initial, "listener": chosen.arn}
        super().__init__(*args, context=context, **{**kwargs, "initial": initial})
        field: Any = self.fields["listener"]
        field.choices = [
            (row.arn, f"{row.label} · next free priority {next_free(row)}") for row in self.listeners.values()
        ]

    def clean_listener(self) -> Listener:
        return self.listeners[self.cleaned_data["listener"]]


def next_free(listener: Listener) -> int | None:
    return free_priority([each["priority"] for each in listener.rules])


class ChosenRuleForm(ActionForm):
    """Form for one rule of the load balancer, named in the address; cleaned, `rule` is that Rule."""

    rule = forms.CharField(widget=forms.HiddenInput, max_length=600)

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        self.reader = Reader(context.user, context.scope)
        data = args[0] if args else kwargs.get("data")
        named = data.get("rule") if data is not None else (kwargs.get("initial") or {}).get("rule")
        self.chosen = self._rule(context, str(named or ""))
        super().__init__(*args, context=context, **kwargs)

    def _rule(self, context: ActionContext, arn: str) -> Rule | None:
        found = self.reader.rule(arn)
        return found if found and found.listener.load_balancer_arn == context.resource.arn else None

    def clean_rule(self) -> Rule:
        if self.chosen is None:
            raise forms.ValidationError("This rule no longer exists. Go back to the load balancer and choose another.")
        return self.chosen


class EditRuleForm(RuleForm, ChosenRuleForm):
    """Form with the present values of the rule."""

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        given = dict(kwargs.get("initial") or {})
        rule = Reader(context.user, context.scope).rule(str(given.get("rule", "")))
        initial = {**initial_of(rule), **given} if rule and rule.editable else given
        super().__init__(*args, context=context, **{**kwargs, "initial": initial})

    def clean_rule(self) -> Rule:
        found = super().clean_rule()
        if not found.editable:
            raise forms.ValidationError("The form has no fields for what this rule does. Change it in the AWS console.")
        return found


def initial_of(rule: Rule) -> dict[str, Any]:
    """Return the values of the form for a rule, its groups as lists."""
    return {
        "priority": rule.priority,
        "conditions": posted_conditions(rule.conditions),
        "targets": [],
        **posted_action(rule.actions[0]),
    }


def posted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a form as it is posted: each group as the fields of its forms."""
    found = {name: value for name, value in values.items() if not isinstance(value, list) and value is not None}
    for group, entries in values.items():
        if isinstance(entries, list):
            found |= {f"{group}-TOTAL_FORMS": len(entries), f"{group}-INITIAL_FORMS": 0}
            found |= {f"{group}-{n}-{name}": value for n, each in enumerate(entries) for name, value in each.items()}
    return found
