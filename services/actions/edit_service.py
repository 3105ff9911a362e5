from collections.abc import Mapping
from typing import Any

from ecsdash.access.permissions import Permission
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Effect, Plan, PlanError, Undo, changes_between
from services.forms.service_deployment import EditServiceForm, configuration_of
from services.models import Service
from services.planning.service_checks import percents
from services.planning.services import TOUCHED, ServiceAction, observed, update_step
from services.runtime.services import state_of

SHOWN = (
    "minimum running tasks %", "maximum running tasks %", "deployment circuit breaker", "health check grace period",
    "ECS Exec",
)  # fmt: skip


@register
class EditService(ServiceAction):
    name = "edit_service"
    label = "Edit service"
    permission = Permission.OPERATE
    path = "services/<str:cluster>/<str:service>/edit/"
    form_class = EditServiceForm
    template = "services/services/edit.html"
    icon = "edit"
    calls = ("ecs.update_service",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        params = _params(service, data)
        changes = changes_between(state_of(service.description), state_of({**service.description, **params}), SHOWN)
        if not changes:
            raise PlanError("No value was changed. Change a value first.")
        before = _form_data(service)
        return Plan(
            summary=f"Edit the service {service.name}",
            resource_key=service.arn,
            resource_name=service.name,
            steps=(update_step("Update the service", service, params),),
            changes=changes,
            checks=tuple(percents(service.desired_count, data["minimum_percent"], data["maximum_percent"])),
            observes=(
                observed(
                    service, "status", *SHOWN, after=(Effect("update", {each.path: each.after for each in changes}),)
                ),
            ),
            undo=Undo(self.name, "restore the previous settings", service.url_kwargs(), before),
            touches=TOUCHED,
        )

    def initial(self, context: ActionContext) -> dict[str, Any]:
        return _form_data(context.resource)


def _params(service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the UpdateService parameters. Keys without a form field are kept: the API replaces the whole value."""
    known = service.description.get("deploymentConfiguration", {})
    wanted = configuration_of(dict(data))
    breaker = {**known.get("deploymentCircuitBreaker", {}), **wanted["deploymentCircuitBreaker"]}
    params: dict[str, Any] = {
        "deploymentConfiguration": {**known, **wanted, "deploymentCircuitBreaker": breaker},
        "enableExecuteCommand": data["execute_command"],
    }
    if service.target_group_arns:
        params["healthCheckGracePeriodSeconds"] = data["grace_period"] or 0
    return params


def _form_data(service: Service) -> dict[str, Any]:
    """Return the settings of the service as form data."""
    described = service.description
    configuration = described.get("deploymentConfiguration", {})
    breaker = configuration.get("deploymentCircuitBreaker", {})
    kind = "off" if not breaker.get("enable") else "rollback" if breaker.get("rollback") else "stop"
    grace = described.get("healthCheckGracePeriodSeconds")
    return {
        "minimum_percent": configuration.get("minimumHealthyPercent", 100),
        "maximum_percent": configuration.get("maximumPercent", 200),
        "circuit_breaker": kind,
        **({"grace_period": grace} if grace else {}),
        **({"execute_command": "on"} if described.get("enableExecuteCommand") else {}),
    }
