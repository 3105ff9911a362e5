"""The forms that create, change and delete a listener of a load balancer."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.offers import permitted
from ecsdash.web.forms.conditional_fields import required_where_shown
from services.documents.listener_rule import actions
from services.forms.edit_listener_rule import ChosenForm, RoutingForm, may_change
from services.forms.load_balancer import EMPTY_OPTION, HTTP, HTTPS, certificate_label
from services.forms.rule_action import posted_action
from services.models import WITH_RULES, Certificate, Listener
from services.selectors.listeners import Reader
from services.selectors.load_balancers import DEFAULT_PORTS

LAST_PORT: Final = 65_535


class CertificateForm(RoutingForm):
    certificate = required_where_shown(forms.ChoiceField(label="Certificate"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = permitted(self.context, choices(Certificate, self.context.user, self.context.scope))
        issued = [(row.arn, certificate_label(row)) for row in rows if row.status == "ISSUED"]
        present = str(self.initial.get("certificate") or "")
        kept = [(present, "The present one")] if present and present not in dict(issued) else []
        field: Any = self.fields["certificate"]
        field.choices = [*EMPTY_OPTION, *issued, *kept]

    def check_certificate(self, data: Mapping[str, Any], protocol: str) -> None:
        if protocol == HTTPS and not data.get("certificate") and "certificate" not in self.errors:
            self.add_error("certificate", "Choose the certificate that the listener shows to clients.")


class CreateListenerForm(CertificateForm):
    protocol = forms.ChoiceField(
        label="Protocol",
        widget=forms.RadioSelect,
        initial=HTTP,
        choices=[(HTTP, "HTTP | Not encrypted"), (HTTPS, "HTTPS | With a certificate of this region")],
    )
    port = forms.IntegerField(
        label="Port", required=False, min_value=1, max_value=LAST_PORT, help_text="Empty: 80 for HTTP, 443 for HTTPS."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        protocol = data.get("protocol", HTTP)
        self.check_certificate(data, protocol)
        if "port" not in self.errors:
            data["port"] = data.get("port") or DEFAULT_PORTS[protocol]
        return data


class ChosenListenerForm(ChosenForm):
    """Form for one listener; cleaned, `listener` is a Listener."""

    named = "listener"
    listener = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def offered(self, context: ActionContext) -> list[Listener]:
        return changeable_listeners(context)

    def clean_listener(self) -> Listener:
        listener: Listener = self.chosen_or_error()
        return listener


class EditListenerForm(CertificateForm, ChosenListenerForm):
    """Form with the present default action and certificate. Listeners that it has no fields for are not offered."""

    def offered(self, context: ActionContext) -> list[Listener]:
        return [row for row in super().offered(context) if editable(row)]

    def present(self, chosen: Listener) -> dict[str, Any]:
        return {"targets": [], **posted_action(default_actions(chosen)[0]), "certificate": certificate_of(chosen)}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.chosen:
            self.check_certificate(data, self.chosen.protocol)
        return data


def changeable_listeners(context: ActionContext) -> list[Listener]:
    """Return the listeners of the load balancer that the person may change: all that is behind them is theirs."""
    return may_change(context, "listener", Reader(context.user, context.scope).listeners[context.resource.arn])


def editable(listener: Listener) -> bool:
    return listener.protocol in WITH_RULES and actions.known(default_actions(listener))


def default_actions(listener: Listener) -> list[dict[str, Any]]:
    return actions.stored(listener.description.get("DefaultActions", []))


def certificate_of(listener: Listener) -> str:
    """Return the ARN of the default certificate; empty without one."""
    named = listener.description.get("Certificates") or [{}]
    return str(named[0].get("CertificateArn", ""))
