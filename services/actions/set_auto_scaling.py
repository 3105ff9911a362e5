from collections.abc import Mapping
from typing import Any, Final

from django import forms

from ecsdash.access.permissions import Permission
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Effect, Level, Plan, PlanError, Undo
from services.actions.scale_service import MOST_TASKS
from services.models import ScalableTarget, Service
from services.planning.scaling import (
    BOUNDS,
    REGISTER,
    SCALING_NOUNS,
    ScalingAction,
    bounds_checks,
    bounds_of,
    bounds_step,
    key_of,
    moved_by,
    observed_target,
    suspensions_of,
)
from services.planning.service_checks import count_cost
from services.selectors.scaling import SUSPENSIONS, target_of

#: Fields of the form -> what is suspended.
FIELDS: Final = {
    "suspend_in": "DynamicScalingInSuspended",
    "suspend_out": "DynamicScalingOutSuspended",
    "suspend_scheduled": "ScheduledScalingSuspended",
}


class SetAutoScalingForm(ActionForm):
    minimum = forms.IntegerField(
        label="Minimum tasks", min_value=0, max_value=MOST_TASKS, help_text="Auto scaling never goes below it."
    )
    maximum = forms.IntegerField(
        label="Maximum tasks", min_value=1, max_value=MOST_TASKS, help_text="Auto scaling never goes above it."
    )
    suspend_in = forms.BooleanField(
        label="Suspend scale-in", required=False, help_text="Policies do not stop tasks until you resume it."
    )
    suspend_out = forms.BooleanField(
        label="Suspend scale-out", required=False, help_text="Policies do not start tasks until you resume it."
    )
    suspend_scheduled = forms.BooleanField(
        label="Suspend scheduled actions", required=False, help_text="Their runs are skipped, not made up for."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        least, most = data.get("minimum"), data.get("maximum")
        if least is not None and most is not None and least > most:
            self.add_error("maximum", f"The maximum is below the minimum of {least}.")
        return data


@register
class SetAutoScaling(ScalingAction):
    """Registers the service as a scalable target, or changes its bounds and what is suspended."""

    name = "set_auto_scaling"
    label = "Set bounds"
    permission = Permission.DEPLOY
    path = "services/<str:cluster>/<str:service>/scaling/bounds/"
    form_class = SetAutoScalingForm
    needs_target = False
    calls = (REGISTER,)

    def initial(self, context: ActionContext) -> dict[str, Any]:
        service: Service = context.resource
        target = target_of(service)
        if target is None:
            return {"minimum": max(1, service.desired_count), "maximum": max(2, service.desired_count * 2)}
        return _form_data(target)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        target = target_of(service)
        suspended = {name: bool(data[field]) for field, name in FIELDS.items()}
        after: dict[str, Any] = {"MinCapacity": data["minimum"], "MaxCapacity": data["maximum"]}
        if suspended != suspensions_of(target):
            after["SuspendedState"] = suspended
        changes = _changes(target, after)
        if target and not changes:
            raise PlanError("The form has no changes. Change a number, or cancel.")
        moved = moved_by(service, data["minimum"], data["maximum"])
        return Plan(
            summary=f"Let auto scaling keep {service.name} at {data['minimum']} to {data['maximum']} tasks",
            resource_key=key_of(service),
            resource_name=service.name,
            steps=(bounds_step("register", "Set the bounds of auto scaling", service, after),),
            changes=changes,
            checks=(*bounds_checks(service, data["minimum"], data["maximum"]), *_suspension_checks(suspended)),
            observes=(observed_target(service, target, Effect("register", after), names=tuple(after)),),
            undo=_undo(service, target),
            touches=(*SCALING_NOUNS, "services"),
            cost=count_cost(service, moved) if moved else None,
        )


def _form_data(target: ScalableTarget) -> dict[str, Any]:
    suspended = suspensions_of(target)
    flags = {field: "on" for field, name in FIELDS.items() if suspended[name]}
    return {"minimum": target.minimum, "maximum": target.maximum, **flags}


def _changes(target: ScalableTarget | None, after: Mapping[str, Any]) -> tuple[Change, ...]:
    before = bounds_of(target) if target else dict.fromkeys(BOUNDS)
    words = dict(zip(BOUNDS, ("minimum tasks", "maximum tasks"), strict=True))
    bounds = [Change(words[name], before[name], after[name]) for name in BOUNDS if before[name] != after[name]]
    if "SuspendedState" not in after:
        return tuple(bounds)
    present = suspensions_of(target)
    state: dict[str, bool] = after["SuspendedState"]
    shown = {True: "suspended", False: "active"}
    return (
        *bounds,
        *(Change(SUSPENSIONS[name], shown[present[name]], shown[value]) for name, value in state.items()
          if value != present[name]),
    )  # fmt: skip


def _suspension_checks(suspended: Mapping[str, bool]) -> tuple[Check, ...]:
    words = [SUSPENSIONS[name].lower() for name, off in suspended.items() if off]
    if not words:
        return ()
    return (Check(Level.WARN, f"Suspended: {', '.join(words)}", "Nothing resumes it by itself.", "Or use Hold."),)


def _undo(service: Service, target: ScalableTarget | None) -> Undo:
    if target is None:
        return Undo("remove_auto_scaling", "remove auto scaling", service.url_kwargs())
    return Undo("set_auto_scaling", "restore the previous bounds", service.url_kwargs(), _form_data(target))
