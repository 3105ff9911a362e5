from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Check, Danger, Effect, Level, Plan, Step, Undo
from ecsdash.web.formatting import counted
from services.forms.listener import ChosenListenerForm, editable
from services.models import Listener
from services.planning.listener_rules.checks import abandoned, shifting_checks
from services.planning.listener_rules.listener_action import (
    ListenerAction,
    as_posted,
    observed_listener,
    rules_and_default,
)
from services.planning.listener_rules.rule_action import TOUCHED, label_of
from services.selectors.listeners import Reader, Rule


@register
class DeleteListener(ListenerAction):
    name = "delete_listener"
    label = "Delete listener"
    path = "load-balancers/<str:load_balancer>/listeners/delete/"
    form_class = ChosenListenerForm
    template = "services/load_balancers/delete_listener.html"
    icon = "trash"
    danger = Danger.LOSES
    calls = ("elbv2.delete_listener",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        listener: Listener = data["listener"]
        reader = Reader(context.user, context.scope)
        rules, label = rules_and_default(reader, listener), label_of(context, listener)
        return Plan(
            summary=f"Delete the listener {label}",
            resource_key=listener.arn,
            resource_name=label,
            steps=(
                Step(
                    "delete",
                    f"Delete the listener {label}",
                    "elbv2.delete_listener",
                    {"ListenerArn": listener.arn},
                    tolerate=("ListenerNotFound",),
                ),
            ),
            changes=tuple(Change(f"requests for {rule.words}", rule.goes_to, None) for rule in rules),
            checks=tuple(_checks(reader, listener, rules)),
            observes=(observed_listener(context, listener, Effect("delete", None)),),
            undo=_undo(context, listener),
            touches=TOUCHED,
        )


def _checks(reader: Reader, listener: Listener, rules: Sequence[Rule]) -> Iterator[Check]:
    for rule in rules:
        yield from shifting_checks(rule, deleting=True)
    yield from abandoned(reader, rules)
    if not _restorable(listener):
        detail = f"AWS deletes {counted(len(listener.rules), 'rule')} with it, or it has settings that no form has."
        yield Check(Level.WARN, "The listener cannot be created again from here", detail, "Note its settings first.")


def _restorable(listener: Listener) -> bool:
    return editable(listener) and not listener.rules


def _undo(context: ActionContext, listener: Listener) -> Undo | None:
    if not _restorable(listener):
        return None
    data = {**as_posted(listener), "protocol": listener.protocol, "port": listener.port}
    return Undo("create_listener", "create the listener again", context.resource.url_kwargs(), data)
