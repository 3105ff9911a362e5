"""The forms that create and change a rule of a listener."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from django import forms

from ecsdash.access import ownership
from ecsdash.access.references import How
from ecsdash.operations.actions import ActionContext, ActionForm
from ecsdash.operations.offers import permitted
from services.documents.listener_rule.actions import FORWARD
from services.documents.listener_rule.conditions import PATH
from services.forms.rule_action import RuleActionFields, TargetFormSet, posted_action
from services.forms.rule_conditions import ConditionFormSet, posted_conditions
from services.models import WITH_RULES, Listener
from services.selectors.listeners import Reader, Rule
from services.selectors.load_balancers import LAST_PRIORITY, free_priority


class WithArn(Protocol):
    @property
    def arn(self) -> str: ...


Row = TypeVar("Row", bound=WithArn)


class RoutingForm(RuleActionFields, ActionForm):
    """Form for what a load balancer does with requests."""

    groups = {"targets": TargetFormSet}

    def unused_groups(self) -> frozenset[str]:
        return frozenset() if self["kind"].value() == FORWARD else frozenset({"targets"})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_action(data)
        return data


class RuleForm(RoutingForm):
    groups = {"conditions": ConditionFormSet, "targets": TargetFormSet}
    priority = forms.IntegerField(
        label="Priority",
        required=False,
        min_value=1,
        max_value=LAST_PRIORITY,
        help_text="Rules are evaluated from the lowest number up. Empty: the next free one, after the existing rules.",
    )


class CreateRuleForm(RuleForm):
    """Form; cleaned, `listener` is a Listener of the load balancer."""

    listener = forms.ChoiceField(label="Listener")
    field_order = ("listener",)

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        self.listeners = {row.arn: row for row in usable_listeners(context)}
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


def usable_listeners(context: ActionContext) -> list[Listener]:
    """Return the listeners of the load balancer that have rules and that the person may use."""
    rows = Reader(context.user, context.scope).listeners[context.resource.arn]
    return permitted(context, [row for row in rows if row.protocol in WITH_RULES])


def next_free(listener: Listener) -> int | None:
    return free_priority([each["priority"] for each in listener.rules])


class ChosenForm(ActionForm):
    """Form for one of several things of the load balancer: the posted one, that in the address, or the first that the
    person may change. `named` is the hidden field with its ARN."""

    named: ClassVar[str]

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        offered = {each.arn: each for each in self.offered(context)}
        data, initial = args[0] if args else kwargs.get("data"), dict(kwargs.get("initial") or {})
        first = next(iter(offered), "")
        arn = str((initial if data is None else data).get(self.named) or first)
        self.chosen = offered.get(arn)
        if self.chosen:
            initial = {**self.present(self.chosen), **initial, self.named: arn}
        super().__init__(*args, context=context, **{**kwargs, "initial": initial})
        field: Any = self.fields[self.named]
        field.choices = [(arn, arn) for arn in offered]

    def offered(self, context: ActionContext) -> Sequence[Any]:
        """Return the things of the load balancer that the person may change."""
        raise NotImplementedError

    def present(self, chosen: Any) -> dict[str, Any]:
        """Return the present values of the other fields."""
        return {}

    def chosen_or_error(self) -> Any:
        if self.chosen is None:
            raise forms.ValidationError(f"This {self.named} no longer exists, or you may not change it.")
        return self.chosen


class ChosenRuleForm(ChosenForm):
    """Form for one rule; cleaned, `rule` is a Rule."""

    named = "rule"
    rule = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def offered(self, context: ActionContext) -> list[Rule]:
        return changeable(context, Reader(context.user, context.scope).rules_of(context.resource))

    def clean_rule(self) -> Rule:
        rule: Rule = self.chosen_or_error()
        return rule


class EditRuleForm(RuleForm, ChosenRuleForm):
    """Form with the present values of the rule. Rules that it has no fields for are not offered."""

    def offered(self, context: ActionContext) -> list[Rule]:
        return [rule for rule in super().offered(context) if rule.editable]

    def present(self, rule: Rule) -> dict[str, Any]:
        return initial_of(rule)


def changeable(context: ActionContext, rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules that the person may change: by the owner of the load balancer, or what is behind the rule."""
    return may_change(context, "listener_rule", list(rules))


def may_change(context: ActionContext, kind: str, rows: list[Row]) -> list[Row]:
    """Return those of the rows, things of this kind with an ARN, that the person may change."""
    judge = context.judge
    if judge.everywhere or not rows:
        return rows
    known = ownership.THINGS[kind](judge.where, [row.arn for row in rows])
    return [row for row in rows if row.arn in known and judge.may_offer(How.CHANGES, known[row.arn])]


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
