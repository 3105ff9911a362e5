"""Fields of what deployments shift traffic with: a second target group, a test listener, and the role of ECS."""

from typing import Any, Final

from django import forms

from clusters.forms.offers import offer_options
from clusters.models import Role
from services.documents.findings.launch.deployment import SHIFTING
from services.forms.service.offers import infrastructure_roles

NEEDED: Final = "Deployments with this strategy need it: ECS shifts the traffic between two target groups."
UNUSED: Final = "Rolling deployments use one target group. Choose blue/green, linear or canary under Deployments."


class ShiftFields(forms.Form):
    """Form fields of the second target group. The form around it has the context."""

    context: Any
    shift = forms.BooleanField(
        label="Second target group, for blue/green, linear and canary deployments",
        required=False,
        help_text="Also a listener rule whose traffic ECS shifts between the two.",
    )
    shift_role = forms.ChoiceField(
        label="Infrastructure role", required=False, help_text="ECS changes the listener rules with it."
    )
    test_port = forms.IntegerField(
        label="Port of a test listener",
        required=False,
        min_value=1,
        max_value=65535,
        help_text="New tasks answer here before they get the traffic of clients. Empty: none.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_options(self, "shift_role", Role, [("", "Choose"), *infrastructure_roles(self.context)])

    def check_shift(self, data: dict[str, Any], strategy: str) -> None:
        """Add errors unless there is a second target group exactly for a `strategy` that shifts traffic."""
        if strategy in SHIFTING and not data.get("shift"):
            self.add_error("shift", NEEDED)
        if not data.get("shift"):
            return
        if strategy not in SHIFTING:
            self.add_error("shift", UNUSED)
        if not data.get("shift_role") and "shift_role" not in self.errors:
            self.add_error("shift_role", "Choose the role.")
        if data.get("test_port") and data["test_port"] == data.get("listener_port"):
            self.add_error("test_port", "The listener has this port already. Enter another one.")
