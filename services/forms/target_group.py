"""Fields of a target group: protocol, health check, and attributes."""

import re
from typing import Any, Final

from django import forms

from ecsdash.web.forms.conditional_fields import required_where_shown

CODES: Final = re.compile(r"\d{1,3}(?:[-,]\d{1,3}){0,20}\Z")
APPLICATION, NETWORK = "application", "network"
#: Protocols of target groups, by the type of their load balancer.
PROTOCOLS: Final = {APPLICATION: ("HTTP", "HTTPS"), NETWORK: ("TCP", "UDP", "TCP_UDP", "TLS")}
VERSIONS: Final = [("HTTP1", "HTTP/1.1"), ("HTTP2", "HTTP/2"), ("GRPC", "gRPC")]


def _number(label: str, low: int, high: int, text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=low, max_value=high, help_text=text)


class HealthFields(forms.Form):
    """Form fields that can be changed later too: the health check, and attributes."""

    health_check_path = required_where_shown(forms.CharField(label="Health check path", max_length=1024, initial="/"))
    health_check_codes = forms.CharField(
        label="Healthy codes", required=False, max_length=80, help_text="200, or 200-299, or 200,302"
    )
    health_check_interval = _number("Interval", 5, 300)
    health_check_timeout = _number("Timeout", 2, 120)
    healthy_threshold = _number("Healthy after", 2, 10)
    unhealthy_threshold = _number("Unhealthy after", 2, 10)
    deregistration_delay = _number(
        "Deregistration delay", 0, 3600, "Open connections of a task that stops may end in this time. Default: 300 s."
    )
    sticky_seconds = _number("Stickiness", 1, 604_800, "Clients come back to the same task for this long. Empty: off.")

    def check_health(self, data: dict[str, Any]) -> None:
        """Add errors for a health check that Elastic Load Balancing refuses."""
        if not (data.get("health_check_path") or "/").startswith("/"):
            self.add_error("health_check_path", "Begin the path with a slash.")
        if data.get("health_check_codes") and not CODES.match(data["health_check_codes"]):
            self.add_error("health_check_codes", "Enter codes such as 200, 200-299, or 200,302.")
        interval, timeout = data.get("health_check_interval"), data.get("health_check_timeout")
        if interval and timeout and timeout >= interval:
            self.add_error("health_check_timeout", "The timeout must be shorter than the interval.")


class TargetGroupFields(HealthFields):
    """Form fields of the new target group. Empty fields keep the defaults of Elastic Load Balancing."""

    group_protocol = forms.ChoiceField(
        label="Protocol to the tasks",
        required=False,
        choices=[("", "HTTP, or TCP behind a network load balancer"),
                 *((name, name) for names in PROTOCOLS.values() for name in names)],
    )  # fmt: skip
    group_version = forms.ChoiceField(label="HTTP version", required=False, choices=[("", "HTTP/1.1"), *VERSIONS[1:]])

    def check_group_settings(self, data: dict[str, Any], kind: str) -> None:
        """Add errors for settings that the type of the load balancer does not have, and fill in the protocol."""
        protocol = data["group_protocol"] = data.get("group_protocol") or PROTOCOLS[kind][0]
        if protocol not in PROTOCOLS[kind]:
            listed = ", ".join(PROTOCOLS[kind])
            text = f"Targets of {'an' if kind == APPLICATION else 'a'} {kind} load balancer speak {listed}."
            self.add_error("group_protocol", text)
        if data.get("group_version") and kind == NETWORK:
            self.add_error("group_version", "Only application load balancers have HTTP versions.")
        self.check_health(data)
