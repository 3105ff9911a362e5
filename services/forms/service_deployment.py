"""Deployment fields of a service, and the form that edits them."""

from typing import Any

from django import forms

from ecsdash.operations.actions import ActionForm

BREAKER = [
    ("rollback", "Roll back | ECS returns to the last revision that reached a steady state"),
    ("stop", "Stop | The deployment fails and the old tasks keep running"),
    ("off", "Off | ECS keeps retrying"),
]


class DeploymentFields(ActionForm):
    minimum_percent = forms.IntegerField(
        label="Minimum running tasks %", min_value=0, max_value=100, initial=100,
        help_text="Lower limit of running tasks during a deployment, in percent of the desired tasks.",
    )  # fmt: skip
    maximum_percent = forms.IntegerField(
        label="Maximum running tasks %", min_value=100, max_value=200, initial=200,
        help_text="Upper limit of running tasks during a deployment, in percent of the desired tasks.",
    )  # fmt: skip
    circuit_breaker = forms.ChoiceField(
        label="If new tasks do not start", widget=forms.RadioSelect, initial="rollback", choices=BREAKER
    )


def configuration_of(data: dict[str, Any], *, daemon: bool = False) -> dict[str, Any]:
    """Return deploymentConfiguration from the cleaned fields. A daemon service keeps ECS's default percents."""
    kind = data["circuit_breaker"]
    configuration: dict[str, Any] = {
        "deploymentCircuitBreaker": {"enable": kind != "off", "rollback": kind == "rollback"},
    }
    if not daemon:
        configuration |= {"minimumHealthyPercent": data["minimum_percent"], "maximumPercent": data["maximum_percent"]}
    return configuration


class EditServiceForm(DeploymentFields):
    grace_period = forms.IntegerField(
        label="Health check grace period",
        required=False,
        min_value=0,
        max_value=2_147_483_647,
        help_text="Seconds after a task starts during which ECS ignores failed health checks.",
    )
    execute_command = forms.BooleanField(required=False, label="Turn on ECS Exec: run commands in the containers")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("grace_period") and not self.context.resource.target_group_arns:
            self.add_error("grace_period", "The grace period requires a load balancer. Leave the field empty.")
        return data
