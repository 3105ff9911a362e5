"""Fields of a new load balancer, listener or rule with a new target group, for a service. A form has several."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

from django import forms
from django.forms import formset_factory

from clusters.forms.offers import offer, offer_options
from clusters.models import SecurityGroup
from ecsdash.access.references import name_of
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import Formset, GroupForm
from ecsdash.operations.offers import permitted
from ecsdash.web.forms.conditional_fields import required_where_shown
from services.documents.findings.launch.traffic import MOST_TARGET_GROUPS
from services.forms.listener_rule import RuleFields
from services.forms.target_group import APPLICATION, NETWORK, TargetGroupFields
from services.forms.traffic_shifting import ShiftFields
from services.models import WITH_RULES, Certificate, Listener, LoadBalancer, TaskDefinition
from services.selectors.load_balancers import DEFAULT_PORTS

GROUP_NAME = re.compile(r"\A[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\Z")
EXISTING_LISTENER, EXISTING_BALANCER, NEW_BALANCER = "listener", "load_balancer", "new"
HTTP, HTTPS = "HTTP", "HTTPS"
#: Protocols of listeners, by the type of their load balancer.
LISTENER_PROTOCOLS = {APPLICATION: (HTTP, HTTPS), NETWORK: ("TCP", "UDP", "TCP_UDP", "TLS")}
ENCRYPTED = (HTTPS, "TLS")
EMPTY_OPTION = [("", "Choose")]
LONGEST_NAME = 32


class BalancerForm(RuleFields, TargetGroupFields, ShiftFields, GroupForm):
    """A new target group and what leads to it. Cleaned and checked, `container_port` is the (container, port) that
    receives the requests, and `definition` and `subnets` are those of the service."""

    balancer = forms.ChoiceField(
        label="Load balancer",
        widget=forms.RadioSelect,
        initial=NEW_BALANCER,
        choices=[
            (NEW_BALANCER, "New load balancer | With listener and target group"),
            (EXISTING_BALANCER, "Existing load balancer | A new listener and target group on it"),
            (EXISTING_LISTENER, "Existing listener | A new listener rule forwards some of its requests"),
        ],
    )
    balancer_type = forms.ChoiceField(
        label="Type of the load balancer",
        widget=forms.RadioSelect,
        required=False,
        initial=APPLICATION,
        choices=[
            (APPLICATION, "Application | HTTP and HTTPS requests, by host name and path"),
            (NETWORK, "Network | TCP, UDP and TLS connections"),
        ],
    )
    container = forms.CharField(
        label="Container and port",
        required=False,
        max_length=300,
        help_text="container:port that receives the requests. Optional if the task definition has one port mapping.",
    )
    load_balancer = required_where_shown(forms.ChoiceField(label="Load balancer"))
    balancer_name = forms.CharField(
        label="Load balancer name",
        required=False,
        max_length=32,
        help_text="Name of the new load balancer and target group. Leave empty to use the service name.",
    )
    listener_protocol = forms.ChoiceField(
        label="Listener protocol",
        widget=forms.RadioSelect,
        initial=HTTP,
        required=False,
        choices=[
            (HTTP, "HTTP | Not encrypted"),
            (HTTPS, "HTTPS | With a certificate of this region"),
            ("TCP", "TCP | Network load balancers only"),
            ("TLS", "TLS | Network load balancers only, with a certificate"),
            ("UDP", "UDP | Network load balancers only"),
            ("TCP_UDP", "TCP and UDP | Network load balancers only"),
        ],
    )
    certificate = required_where_shown(
        forms.ChoiceField(
            label="Certificate", help_text="From AWS Certificate Manager, for the host name that clients use."
        )
    )
    redirect = forms.BooleanField(
        label="Redirect port 80 to HTTPS",
        required=False,
        initial=True,
        help_text="Adds a second listener. The security groups must also allow port 80.",
    )
    listener_port = required_where_shown(
        forms.IntegerField(
            label="Listener port",
            min_value=1,
            max_value=65535,
            initial=80,
            help_text="With HTTPS, 443 is used if this is 80 or empty.",
        )
    )
    balancer_security_groups = forms.MultipleChoiceField(
        label="Security groups of the new load balancer",
        required=False,
        help_text="They must allow inbound traffic on the listener port. Default: the VPC's default security group.",
    )
    internal = forms.BooleanField(required=False, label="Internal: only clients in the VPC can connect")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "empty_permitted": False})
        offer(self, "balancer_security_groups", SecurityGroup, lambda row: row.title)
        self.load_balancers = offer(
            self, "load_balancer", LoadBalancer, lambda row: row.name, value="arn", first=EMPTY_OPTION
        )
        rows = choices(Listener, self.context.user, self.context.scope).filter(protocol__in=WITH_RULES)
        ordered = rows.order_by("load_balancer_arn", "port")
        self.listeners = permitted(self.context, ordered)
        labels = [(row.arn, self._listener_label(row)) for row in self.listeners]
        offer_options(self, "listener", Listener, [*EMPTY_OPTION, *labels])
        self.certificates = permitted(self.context, choices(Certificate, self.context.user, self.context.scope))
        issued = [(row.arn, certificate_label(row)) for row in self._issued()]
        offer_options(self, "certificate", Certificate, [*EMPTY_OPTION, *issued])

    def check(self, number: int, data: dict[str, Any]) -> None:
        """Complete the cleaned data of the form, which is the `number`th of the service, and add errors. `data` is the
        cleaned data of the service's form."""
        own, definition = self.cleaned_data, data["definition"]
        own |= {"definition": definition, "subnets": data["subnets"], "number": number}
        own["container_port"] = self._container_port(own, definition)
        kind = own["balancer"]
        if kind == EXISTING_BALANCER and not own.get("load_balancer"):
            self.add_error("load_balancer", "Choose the load balancer.")
        if kind == EXISTING_LISTENER:
            self.check_rule(own)
        self._check_new_group(own, data["service_name"])
        if kind in (EXISTING_BALANCER, NEW_BALANCER):
            self._check_new_listener(own)
        self.check_shift(own, data["strategy"])

    def _check_new_group(self, data: dict[str, Any], service: str) -> None:
        name = data["balancer_name"] = data.get("balancer_name") or _default_name(service, data["number"])
        if not GROUP_NAME.match(name) or name.startswith("internal-"):
            text = "Use letters, digits and hyphens. Do not begin or end with a hyphen, or begin with internal-."
            self.add_error("balancer_name", text)
        self.check_group_settings(data, self._type(data))

    def _type(self, data: dict[str, Any]) -> str:
        """Return the type of the load balancer, new or existing, and write it into the data."""
        kind, found = data["balancer"], data.get("balancer_type") or APPLICATION
        if kind == EXISTING_BALANCER and (row := self.load_balancers.get(data.get("load_balancer", ""))):
            found = str(row.description.get("Type") or APPLICATION)
        data["balancer_type"] = APPLICATION if kind == EXISTING_LISTENER else found
        return str(data["balancer_type"])

    def _check_new_listener(self, data: dict[str, Any]) -> None:
        protocols = LISTENER_PROTOCOLS.get(data["balancer_type"], LISTENER_PROTOCOLS[APPLICATION])
        given = data.get("listener_protocol") or protocols[0]
        protocol = protocols[0] if data["balancer_type"] == NETWORK and given == HTTP else given
        data["listener_protocol"] = protocol
        if protocol not in protocols:
            self.add_error("listener_protocol", f"This load balancer has listeners of {', '.join(protocols)}.")
        if protocol in ENCRYPTED:
            if data.get("listener_port") in (None, DEFAULT_PORTS[HTTP]) and "listener_port" not in self.errors:
                data["listener_port"] = DEFAULT_PORTS[HTTPS]
            if not data.get("certificate") and "certificate" not in self.errors:
                self.add_error("certificate", "Choose the certificate." if self._issued() else self._none_issued())
        elif not data.get("listener_port"):
            self.add_error("listener_port", "Enter the listener port, for example 80.")

    def _issued(self) -> list[Certificate]:
        return [row for row in self.certificates if row.status == "ISSUED"]

    def _none_issued(self) -> str:
        waiting = [row.label for row in self.certificates if row.status == "PENDING_VALIDATION"]
        first = (
            f"Validate {', '.join(waiting)} in AWS Certificate Manager"
            if waiting
            else "Request one in AWS Certificate Manager"
        )
        return f"This region has no issued certificate. {first}, then refresh the options; or choose HTTP."

    def _container_port(self, data: dict[str, Any], definition: TaskDefinition) -> tuple[str, int] | None:
        """Return the (container, port) that the form names, or the only one of the definition."""
        ports = ports_of(definition)
        named = [f"{name}:{port}" for name, port in ports]
        wanted = (data.get("container") or "").strip()
        if not ports:
            self.add_error(
                "balancer", f"{definition.name} has no port mapping. Remove this, or choose a revision with one."
            )
        elif not wanted and len(ports) > 1:
            self.add_error("container", f"The task definition has several ports. Enter one of: {', '.join(named)}.")
        elif wanted and wanted not in named:
            self.add_error("container", f"{definition.name} has no such port. Enter one of: {', '.join(named)}.")
        else:
            return ports[named.index(wanted)] if wanted else ports[0]
        return None

    def _listener_label(self, row: Listener) -> str:
        return f"{name_of(row.NOUN, row.arn)} · {row.label}"


class BaseBalancerFormSet(Formset):
    def check(self, data: dict[str, Any]) -> None:
        """Check the valid forms of the group with the cleaned data of the service's form, and against each other."""
        for number, form in enumerate(self.forms, start=1):
            form.check(number, data)
        for form, field, text in self._clashes():
            form.add_error(field, text)

    def _clashes(self) -> Iterable[tuple[BalancerForm, str, str]]:
        """Yield what two of the forms would both create."""
        seen: Counter[Hashable] = Counter()
        for form in self.forms:
            for field, key in _created(form.cleaned_data):
                seen[key] += 1
                if seen[key] == 2:
                    yield form, field, "Another new target group of this form has the same. Enter another value."


BalancerFormSet: type[Formset] = formset_factory(
    BalancerForm, formset=BaseBalancerFormSet, extra=0, max_num=MOST_TARGET_GROUPS, validate_max=True
)


def _created(data: dict[str, Any]) -> Iterable[tuple[str, Hashable]]:
    """Yield the field and a key of each thing that must be the only one: target group, port of a load balancer,
    priority of a listener."""
    if name := data.get("balancer_name"):
        yield "balancer_name", ("target group", name)
    if data.get("balancer") == EXISTING_BALANCER and data.get("listener_port"):
        yield "listener_port", (data.get("load_balancer"), data["listener_port"])
    if data.get("balancer") == EXISTING_LISTENER and data.get("rule_priority"):
        yield "rule_priority", (data.get("listener"), data["rule_priority"])


def _default_name(service: str, number: int) -> str:
    tail = "" if number == 1 else f"-{number}"
    return service[: LONGEST_NAME - len(tail)].strip("-_") + tail


def ports_of(definition: TaskDefinition) -> list[tuple[str, int]]:
    """Return (container, port) of every port mapping of a task definition."""
    return [
        (container["name"], mapping["containerPort"])
        for container in definition.description.get("containerDefinitions", [])
        for mapping in container.get("portMappings", [])
        if "containerPort" in mapping
    ]


def certificate_label(row: Certificate) -> str:
    more = f" and {len(row.domains) - 1} more" if len(row.domains) > 1 else ""
    return f"{row.label}{more} · {f'until {row.expires_at:%Y-%m-%d}' if row.expires_at else row.name}"
