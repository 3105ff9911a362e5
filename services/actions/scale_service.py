from collections.abc import Mapping
from typing import Any

from django import forms

from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.at_once import Moved
from ecsdash.operations.plan import (
    Change,
    Check,
    Continues,
    Danger,
    Effect,
    Level,
    Plan,
    PlanError,
    Step,
    Undo,
)
from services.models import ScalableTarget, Service
from services.planning.prediction import of_scaling
from services.planning.room import room_for_more
from services.planning.scaling import (
    DAEMON,
    REGISTER,
    SCALING_NOUNS,
    bounds_of,
    bounds_step,
    observed_target,
)
from services.planning.service_checks import count_cost, room_checks
from services.planning.services import TOUCHED, ServiceAction, observed, steady_step, update_step
from services.selectors.scaling import target_of

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
    minimum = forms.IntegerField(label="Minimum of auto scaling", min_value=0, max_value=MOST_TASKS, required=False)
    maximum = forms.IntegerField(label="Maximum of auto scaling", min_value=0, max_value=MOST_TASKS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target = target_of(self.context.resource)
        if self.target is None:
            del self.fields["minimum"], self.fields["maximum"]
            return
        bounds = f"{self.target.minimum} to {self.target.maximum}"
        self.fields["desired_count"].help_text = (
            f"Auto scaling keeps {bounds} tasks. It may change the number again within minutes, and sets a number "
            "outside these bounds back. To keep a number for a time, use Hold."
        )
        self.fields["maximum"].help_text = "Change the bounds too if the number lies outside them."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.target is None or self.errors:
            return data
        for name, present in (("minimum", self.target.minimum), ("maximum", self.target.maximum)):
            data[name] = present if data.get(name) is None else data[name]
        if data["minimum"] > data["maximum"]:
            self.add_error("maximum", f"The maximum is below the minimum of {data['minimum']}.")
        elif not data["minimum"] <= data["desired_count"] <= data["maximum"]:
            back = max(data["minimum"], min(data["maximum"], data["desired_count"]))
            self.add_error(
                "desired_count",
                f"Auto scaling keeps {data['minimum']} to {data['maximum']} tasks and would set the number back to "
                f"{back}. Change its bounds below, or use Hold to keep a number for a time.",
            )
        return data


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
    calls = (REGISTER, "ecs.update_service")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        before, after = service.desired_count, data["desired_count"]
        if before == after:
            raise PlanError(f"Desired tasks is already {before}. Enter another number.", "desired_count")
        target = target_of(service)
        bounds = _new_bounds(target, data)
        observes = [observed(service, "status", "desired tasks", after=(Effect("update", {"desired tasks": after}),))]
        if target:
            observes.append(observed_target(service, target, *([Effect("bounds", bounds)] if bounds else [])))
        return Plan(
            summary=f"Scale {service.name} from {before} to {after} tasks",
            resource_key=service.arn,
            resource_name=service.name,
            steps=(
                *_bounds_steps(service, bounds),
                update_step(f"Set desired tasks to {after}", service, {"desiredCount": after}),
                steady_step(service, {}),
            ),
            changes=(Change("desired tasks", before, after), *_bounds_changes(target, bounds)),
            checks=(*_checks(service, after), *room_checks(context, service, after - before), *_scaler(target, data)),
            observes=tuple(observes),
            undo=_undo(service, target),
            continues=Continues(f"ECS continues to start or stop tasks until {after} run."),
            touches=(*TOUCHED, *(SCALING_NOUNS if target else ())),
            cost=count_cost(service, after - before),
            prediction=of_scaling(service, after, room_for_more(context, service, after - before)),
            moved=Moved(before, after),
        )

    def initial(self, context: ActionContext) -> dict[str, Any]:
        service: Service = context.resource
        target = target_of(service)
        bounds = {"minimum": target.minimum, "maximum": target.maximum} if target else {}
        return {"desired_count": service.desired_count, **bounds}

    def unavailable(self, resource: Any) -> str:
        if resource.scheduling_strategy == "DAEMON":
            return f"{DAEMON} Launch instances to run more tasks."
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


def _new_bounds(target: ScalableTarget | None, data: Mapping[str, Any]) -> dict[str, int]:
    """Return the bounds of auto scaling that the form changes; empty if it changes none."""
    if target is None:
        return {}
    wanted = {"MinCapacity": data["minimum"], "MaxCapacity": data["maximum"]}
    return wanted if wanted != bounds_of(target) else {}


def _bounds_steps(service: Service, bounds: Mapping[str, int]) -> tuple[Step, ...]:
    if not bounds:
        return ()
    title = f"Set the bounds of auto scaling to {bounds['MinCapacity']} to {bounds['MaxCapacity']}"
    return (bounds_step("bounds", title, service, bounds),)


def _bounds_changes(target: ScalableTarget | None, bounds: Mapping[str, int]) -> tuple[Change, ...]:
    if target is None or not bounds:
        return ()
    before = f"{target.minimum} to {target.maximum}"
    return (Change("bounds of auto scaling", before, f"{bounds['MinCapacity']} to {bounds['MaxCapacity']}"),)


def _scaler(target: ScalableTarget | None, data: Mapping[str, Any]) -> tuple[Check, ...]:
    if target is None:
        return ()
    title = f"Within the bounds of auto scaling, {data['minimum']} to {data['maximum']}"
    return (Check(Level.OK, title, "It may change the number again within minutes."),)


def _undo(service: Service, target: ScalableTarget | None) -> Undo:
    before = service.desired_count
    bounds = {"minimum": target.minimum, "maximum": target.maximum} if target else {}
    data = {"desired_count": before, **bounds}
    return Undo("scale_service", f"scale back to {before}", service.url_kwargs(), data)
