from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms

from ecsdash.access.permissions import Permission
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Effect, Level, Plan, PlanError, Step
from ecsdash.web import clock
from ecsdash.web.forms.conditional_fields import required_where_shown
from services.actions.scale_service import MOST_TASKS
from services.models import Service
from services.planning.scaling import (
    REGISTER,
    SCALING_NOUNS,
    WITHOUT,
    ScalingAction,
    bounds_of,
    bounds_step,
    key_of,
    named,
    observed_target,
)
from services.planning.service_checks import count_cost, room_checks
from services.planning.services import TOUCHED, update_step
from services.selectors.scaling import target_of

MOST: Final = timedelta(days=31)
AT: Final = "until"
LONGER: Final = 3600  # seconds after the end in which a worker must have restored the bounds
DURATIONS: Final = (
    ("15", "15 minutes"),
    ("60", "1 hour"),
    ("240", "4 hours"),
    ("480", "8 hours"),
    ("1440", "1 day"),
    ("10080", "7 days"),
    (AT, "Until a time"),
)


class HoldDesiredTasksForm(ActionForm):
    desired_count = forms.IntegerField(
        label="Tasks", min_value=0, max_value=MOST_TASKS, help_text="Auto scaling keeps exactly this number meanwhile."
    )
    duration = forms.ChoiceField(label="For", choices=DURATIONS, initial="60")
    until = required_where_shown(
        forms.DateTimeField(label="Until (UTC)", help_text="Such as 2026-12-31 18:30. At most 31 days ahead.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        now = clock.now()
        if data.get("duration") != AT:
            self.errors.pop("until", None)  # hidden
            data["until"] = now + timedelta(minutes=int(data.get("duration") or 0))
        elif not data.get("until"):
            if "until" not in self.errors:
                self.add_error("until", "Enter the time.")
        elif not now < data["until"] <= now + MOST:
            self.add_error("until", "Enter a time in the future, at most 31 days ahead.")
        return data


@register
class HoldDesiredTasks(ScalingAction):
    """Keeps a number of tasks until a time, and then restores the bounds as they were. Cancelling it restores them at
    once."""

    name = "hold_desired_tasks"
    label = "Hold"
    permission = Permission.DEPLOY
    path = "services/<str:cluster>/<str:service>/scaling/hold/"
    icon = "lock"
    form_class = HoldDesiredTasksForm
    template = "services/scaling/hold.html"
    act = "Hold at {desired_count}"
    calls = (REGISTER, "ecs.update_service")

    def initial(self, context: ActionContext) -> dict[str, Any]:
        return {"desired_count": context.resource.desired_count}

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        target = target_of(service)
        if target is None:
            raise PlanError(WITHOUT)
        number, until = data["desired_count"], data["until"]
        before, held = bounds_of(target), {"MinCapacity": number, "MaxCapacity": number}
        if before == held:
            raise PlanError(f"The bounds are {number} to {number} already.", "desired_count")
        return Plan(
            summary=f"Hold {service.name} at {number} tasks until {until:%Y-%m-%d %H:%M} UTC",
            resource_key=key_of(service),
            resource_name=service.name,
            steps=_steps(service, number, until, held, before),
            changes=(
                Change("bounds meanwhile", _words(before), _words(held)),
                Change("desired tasks", service.desired_count, number),
            ),
            checks=(*room_checks(context, service, number - service.desired_count), *_checks(service, before, number)),
            observes=(observed_target(service, target, Effect("hold", held), Effect("restore", before)),),
            touches=(*TOUCHED, *SCALING_NOUNS),
            cost=count_cost(service, number - service.desired_count),
        )


def _steps(
    service: Service, number: int, until: datetime, held: Mapping[str, int], before: Mapping[str, int]
) -> tuple[Step, ...]:
    """Return the steps. Cancelling ends the wait, and the bounds are restored."""
    seconds = int((until - clock.now()).total_seconds())
    still = {"lookup": "bounds_still_held", "params": {"named": named(service), "held": dict(held)}, "step": ""}
    return (
        bounds_step("hold", f"Set the bounds of auto scaling to {_words(held)}", service, held),
        _scale_step(service, number),
        Step(
            "wait", f"Wait until {until:%Y-%m-%d %H:%M:%S} UTC", until="time_reached",
            until_params={"at": until.isoformat()}, timeout=max(0, seconds) + LONGER, skipped_when_cancelled=True,
        ),
        bounds_step("restore", f"Set the bounds of auto scaling back to {_words(before)}", service, before, find=still),
    )  # fmt: skip


def _scale_step(service: Service, number: int) -> Step:
    return replace(
        update_step(f"Set desired tasks to {number}", service, {"desiredCount": number}), skipped_when_cancelled=True
    )


def _words(bounds: Mapping[str, int]) -> str:
    return f"{bounds['MinCapacity']} to {bounds['MaxCapacity']}"


def _checks(service: Service, before: Mapping[str, int], number: int) -> tuple[Check, ...]:
    back = f"The bounds {_words(before)} come back by themselves"
    found = [Check(Level.OK, back, "Cancelling the operation restores them at once. It survives restarts.")]
    if number == 0:
        title = f"All {service.desired_count} tasks of {service.name} will stop"
        found.append(Check(Level.WARN, title, "Requests to the service fail until the end."))
    return tuple(found)
