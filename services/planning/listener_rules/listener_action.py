"""Shared parts of the actions on listeners."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecsdash.access.targets import AccessTarget
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Effect, Observation
from services.documents.listener_rule import actions
from services.forms.edit_listener_rule import posted
from services.forms.listener import certificate_of, changeable_listeners, default_actions
from services.forms.load_balancer import ENCRYPTED, NEW_BALANCER
from services.forms.rule_action import posted_action
from services.models import Listener
from services.planning.listener_rules.checks import target_checks
from services.planning.listener_rules.routing import Wanted
from services.planning.listener_rules.rule_action import RuleAction, label_of, place_of
from services.planning.load_balancing.certificates import certificate_checks
from services.planning.load_balancing.steps import SSL_POLICY
from services.selectors.listeners import Reader, Rule

EVERYTHING, EVERYTHING_ELSE = "requests for everything", "requests for everything else"


class ListenerAction(RuleAction):
    """An action on a listener. A service behind it decides, as for rules."""

    def choices(self, context: ActionContext) -> Sequence[Any]:
        return changeable_listeners(context)

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        if data is None:
            return context.scope.access_target()
        behind = data["listener"].target_group_arns if "listener" in data else ()
        return place_of(context, [*behind, *(each["target_group"] for each in data.get("targets", ()))])


def rules_and_default(reader: Reader, listener: Listener) -> list[Rule]:
    """Return the rules of the listener, the default action last."""
    return [*reader.rules(listener), reader.default(listener)]


def observed_listener(context: ActionContext, listener: Listener, *after: Effect) -> Observation:
    """Return the observation of the default action and the certificate as the inventory has them."""
    values = {"actions": default_actions(listener), "certificate": certificate_of(listener)}
    label = f"The listener {label_of(context, listener)}"
    return Observation("listener_routing", {"listener": listener.arn}, values, label, after)


def encryption(protocol: str, certificate: str) -> dict[str, Any]:
    """Return the parameters of a listener's encryption, none for plain HTTP."""
    if protocol not in ENCRYPTED:
        return {}
    return {"SslPolicy": SSL_POLICY, "Certificates": [{"CertificateArn": certificate}]}


def routing_checks(
    context: ActionContext, reader: Reader, protocol: str, certificate: str, action: dict[str, Any]
) -> Iterator[Check]:
    """Yield checks of the target groups and the certificate that a listener is to have."""
    yield from target_checks(reader, context.resource.arn, Wanted(0, (), action))
    chosen = {"balancer": NEW_BALANCER, "listener_protocol": protocol, "certificate": certificate}
    yield from certificate_checks(context, chosen)


def as_posted(listener: Listener) -> dict[str, Any]:
    """Return the values of the form that restores the default action and the certificate."""
    values = {"targets": [], **posted_action(default_actions(listener)[0]), "certificate": certificate_of(listener)}
    return posted(values)


def goes_to(listener: Listener) -> str:
    return actions.words(default_actions(listener))
