from collections.abc import Mapping
from typing import Any

from django import forms

from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Continues, Danger, Effect, Level, Plan, PlanError, Undo
from services.models import Service
from services.planning.prediction import of_scaling
from services.planning.service_checks import count_cost, room_checks
from services.planning.services import TOUCHED, ServiceAction, observed, steady_step, update_step

MOST_TASKS = 5000


class ScaleServiceForm(ActionForm):
    desired_count = forms.IntegerField(
        label="Desired tasks",
        min_value=0,
        max_value=MOST_TASKS,
        help_text="How many tasks ECS keeps running. 0 stops all of them; the service stays.",
        error_messages={
            "max_value": f"A service can have at most {MOST_TASKS} tasks.",
            "min_value": "Enter 0 or more. 0 stops all tasks.",
        },
    )


@register
class ScaleService(ServiceAction):
    name = "scale_service"
    label = "Scale"
    danger = Danger.NONE
    path = "services/<str:cluster>/<str:service>/scale/"
    form_class = ScaleServiceForm
    icon = "adjustments"
    quick = True
    act = "Scale to {desired_count}"
    calls = ("ecs.update_service",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        before, after = service.desired_count, data["desired_count"]
        if before == after:
            raise PlanError(f"Desired tasks is already {before}. Enter another number.", "desired_count")
        return Plan(
            summary=f"Scale {service.name} from {before} to {after} tasks",
            resource_key=service.arn,
            resource_name=service.name,
            steps=(
                update_step(f"Set desired tasks to {after}", service, {"desiredCount": after}),
                steady_step(service),
            ),
            changes=(Change("desired tasks", before, after),),
            checks=(*_checks(service, after), *room_checks(context, service, after - before)),
            observes=(
                observed(service, "status", "desired tasks", after=(Effect("update", {"desired tasks": after}),)),
            ),
            undo=Undo(self.name, f"scale back to {before}", service.url_kwargs(), {"desired_count": before}),
            continues=Continues(f"ECS continues to start or stop tasks until {after} run."),
            touches=TOUCHED,
            cost=count_cost(service, after - before),
            prediction=of_scaling(service, after),
        )

    def initial(self, context: ActionContext) -> dict[str, Any]:
        return {"desired_count": context.resource.desired_count}

    def unavailable(self, resource: Any) -> str:
        if resource.scheduling_strategy == "DAEMON":
            return "A DAEMON service runs one task on each container instance. Launch instances to run more tasks."
        return super().unavailable(resource)


def _checks(service: Service, after: int) -> tuple[Check, ...]:
    if after:
        return ()
    return (
        Check(
            Level.WARN,
            f"All {service.desired_count} tasks of {service.name} will stop",
            "Requests to the service fail until it is scaled up again.",
            "Keep at least one task if the service is in use.",
        ),
    )
