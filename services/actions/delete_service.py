from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from ecsdash.access.permissions import Permission
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Danger, Effect, Level, Plan, Step
from services.models import Service
from services.planning.load_balancing.removal import LOAD_BALANCING_NOUNS, REMOVAL_CALLS, removal_steps
from services.planning.service_checks import count_cost
from services.planning.services import TOUCHED, ServiceAction, observed, update_step
from services.selectors.load_balancers import OwnedLoadBalancing, owned_by_service

GONE = ("ServiceNotFoundException", "ServiceNotActiveException")
DRAIN_SECONDS = 1800


class DeleteServiceForm(ActionForm):
    """Form; `own` are the load balancing resources that were created for this service."""

    force = forms.BooleanField(
        required=False,
        label="Force delete: stop all tasks at once, without scaling down first",
        help_text="Open requests may fail.",
    )
    remove_load_balancer = forms.BooleanField(
        required=False, label="Also delete its load balancer, listeners, target groups and security groups"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = owned_by_service(self.context.resource)
        if self.own.empty:
            del self.fields["remove_load_balancer"]
        else:
            self.fields["remove_load_balancer"].help_text = f"This also deletes {self.own.words}."


@register
class DeleteService(ServiceAction):
    name = "delete_service"
    label = "Delete service"
    permission = Permission.OPERATE
    danger = Danger.LOSES
    path = "services/<str:cluster>/<str:service>/delete/"
    form_class = DeleteServiceForm
    icon = "trash"
    calls = ("ecs.update_service", "ecs.delete_service", *REMOVAL_CALLS)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        owned = owned_by_service(service) if data.get("remove_load_balancer") else OwnedLoadBalancing()
        forced = data["force"] or service.scheduling_strategy == "DAEMON"
        scale_down = () if forced or not service.desired_count else (_scale_down(service),)
        return Plan(
            summary=f"Delete the service {service.name} in {service.cluster_name}",
            resource_key=service.arn,
            resource_name=service.name,
            steps=(*scale_down, _delete(service, forced), *removal_steps(owned)),
            changes=(
                Change("service", service.name, None),
                Change("tasks", f"{service.running_count} running", None),
                *(Change(kind, name, None) for kind, name in owned.items),
            ),
            checks=tuple(_checks(service)),
            observes=(
                observed(service, "status", after=(Effect("delete", {"status": "DRAINING"}), Effect("delete", None))),
            ),
            touches=(*TOUCHED, *(() if owned.empty else LOAD_BALANCING_NOUNS)),
            risks=("The service and its events cannot be restored. The task definition is kept.",),
            cost=count_cost(service, -service.desired_count),
        )

    def unavailable(self, resource: Any) -> str:
        return "The service no longer exists." if resource.gone_at is not None else ""

    def back(self, context: ActionContext) -> str:
        return reverse("services:service", kwargs=context.resource.url_kwargs())


def _scale_down(service: Service) -> Step:
    step = update_step("Stop all tasks", service, {"desiredCount": 0})
    where = {"cluster": service.cluster_name, "service": service.name, "tasks": service.running_count}
    return Step(
        "scale_down", step.title, step.call, step.params, tolerate=GONE, until="service_empty", until_params=where,
        timeout=DRAIN_SECONDS,
    )  # fmt: skip


def _delete(service: Service, forced: bool) -> Step:
    where = {"cluster": service.cluster_name, "service": service.name}
    return Step(
        "delete",
        f"Delete the service {service.name}",
        call="ecs.delete_service",
        params={**where, **({"force": True} if forced else {})},
        tolerate=GONE,
        until="service_gone",
        until_params=where,
        timeout=DRAIN_SECONDS,
    )


def _checks(service: Service) -> list[Check]:
    if not service.running_count:
        return [Check(Level.OK, "No running tasks")]
    detail = "Requests to the service fail from then on."
    return [Check(Level.WARN, f"{service.running_count} running tasks will stop", detail)]
