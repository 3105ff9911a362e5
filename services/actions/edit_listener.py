from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Change, Check, Effect, Plan, PlanError, Step, Undo
from services.documents.listener_rule import actions
from services.forms.listener import EditListenerForm, certificate_of, default_actions, editable
from services.forms.rule_action import action_of
from services.models import Listener
from services.planning.listener_rules.checks import abandoned, shifting_checks
from services.planning.listener_rules.listener_action import (
    EVERYTHING,
    EVERYTHING_ELSE,
    ListenerAction,
    as_posted,
    encryption,
    goes_to,
    observed_listener,
    routing_checks,
)
from services.planning.listener_rules.rule_action import TOUCHED, label_of, predicted
from services.selectors.listeners import Reader


@register
class EditListener(ListenerAction):
    """Change the default action and the certificate of a listener."""

    name = "edit_listener"
    label = "Edit listener"
    path = "load-balancers/<str:load_balancer>/listeners/edit/"
    form_class = EditListenerForm
    template = "services/load_balancers/edit_listener.html"
    icon = "edit"
    calls = ("elbv2.modify_listener",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        listener: Listener = data["listener"]
        action, certificate = action_of(data), data["certificate"] or certificate_of(listener)
        wanted = {"actions": [action], "certificate": certificate}
        params = _params(listener, wanted)
        if not params:
            raise PlanError("The form has no changes. Change a value, or cancel.")
        label, changes = label_of(context, listener), tuple(_changes(listener, wanted))
        return Plan(
            summary=f"Change the listener {label}",
            resource_key=listener.arn,
            resource_name=label,
            steps=(
                Step(
                    "modify", f"Change the listener {label}", "elbv2.modify_listener",
                    {"ListenerArn": listener.arn, **params},
                ),
            ),
            changes=changes,
            checks=(*predicted(changes), *_checks(context, listener, wanted)),
            observes=(observed_listener(context, listener, Effect("modify", wanted)),),
            undo=Undo(
                self.name,
                "restore the previous settings",
                context.resource.url_kwargs(),
                {**as_posted(listener), "listener": listener.arn},
            ),
            touches=TOUCHED,
        )  # fmt: skip

    def choices(self, context: ActionContext) -> Sequence[Any]:
        return [row for row in super().choices(context) if editable(row)]


def _params(listener: Listener, wanted: Mapping[str, Any]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if wanted["actions"] != default_actions(listener):
        params["DefaultActions"] = actions.parameters(wanted["actions"])
    if wanted["certificate"] != certificate_of(listener):
        params |= encryption(listener.protocol, wanted["certificate"])
    return params


def _changes(listener: Listener, wanted: Mapping[str, Any]) -> Iterator[Change]:
    if wanted["actions"] != default_actions(listener):
        yield Change(
            EVERYTHING_ELSE if listener.rules else EVERYTHING, goes_to(listener), actions.words(wanted["actions"])
        )
    if wanted["certificate"] != certificate_of(listener):
        yield Change("certificate", certificate_of(listener), wanted["certificate"])


def _checks(context: ActionContext, listener: Listener, wanted: Mapping[str, Any]) -> Iterator[Check]:
    reader = Reader(context.user, context.scope)
    default, [action] = reader.default(listener), wanted["actions"]
    yield from shifting_checks(default, deleting=False)
    yield from routing_checks(context, reader, listener.protocol, wanted["certificate"], action)
    yield from abandoned(reader, [default], [arn for arn, _ in actions.forwarded([action])])
