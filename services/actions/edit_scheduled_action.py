from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.validators import RegexValidator

from ecsdash.aws.schedules import ScheduleError, parse, time_zones
from ecsdash.operations.actions import ActionContext, ActionForm, register
from ecsdash.operations.plan import (
    ANY,
    Check,
    Effect,
    Level,
    Observation,
    Plan,
    PlanError,
    Step,
    Undo,
    changes_between,
)
from ecsdash.web import clock
from services.actions.scale_service import MOST_TASKS
from services.models import ScheduledAction, Service
from services.planning.scaling import ScalingAction, key_of, named
from services.selectors.scaling import scheduled_actions_of, target_of

PUT_ACTION: Final = "application-autoscaling.put_scheduled_action"
MEMBERS: Final = ("Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction")


class EditScheduledActionForm(ActionForm):
    """`?scheduled_action=` in the address fills the form with an existing one. Times are in UTC."""

    action_name = forms.CharField(
        label="Name",
        max_length=200,
        validators=[RegexValidator(r"\A[\w.-]+(?: [\w.-]+)*\Z", "Use letters, digits, dots, hyphens and underscores.")],
        help_text="A scheduled action with this name is replaced.",
    )
    schedule = forms.CharField(
        label="Schedule",
        max_length=200,
        help_text="cron(minute hour day-of-month month day-of-week year), rate(1 hour) or at(2026-12-31T08:30:00).",
    )
    time_zone = forms.ChoiceField(label="Time zone")
    minimum = forms.IntegerField(label="Minimum tasks", min_value=0, max_value=MOST_TASKS, required=False)
    maximum = forms.IntegerField(label="Maximum tasks", min_value=0, max_value=MOST_TASKS, required=False)
    start = forms.DateTimeField(label="Not before (UTC)", required=False, help_text="Such as 2026-12-01 00:00.")
    end = forms.DateTimeField(label="Not after (UTC)", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = kwargs.get("initial") or {}
        rows = scheduled_actions_of(kwargs["context"].resource)
        if row := rows.filter(name=initial.get("scheduled_action", "")).first():
            kwargs["initial"] = {**initial, "minimum": None, "maximum": None, **data_of(row)}
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(each, each) for each in time_zones()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("schedule") and data.get("time_zone"):
            self._check_schedule(data)
        least, most = data.get("minimum"), data.get("maximum")
        if least is None and most is None and not {"minimum", "maximum"} & self.errors.keys():
            self.add_error("minimum", "Enter a minimum, a maximum, or both.")
        if least is not None and most is not None and least > most:
            self.add_error("maximum", f"The maximum is below the minimum of {least}.")
        if data.get("start") and data.get("end") and data["start"] >= data["end"]:
            self.add_error("end", "Enter a time after the start.")
        return data

    def _check_schedule(self, data: dict[str, Any]) -> None:
        try:
            data["runs"] = parse(data["schedule"], data["time_zone"]).next_runs(_first(data))
        except ScheduleError as error:
            self.add_error("schedule", str(error))
            return
        end = data.get("end")
        data["runs"] = [each for each in data["runs"] if end is None or each < end]
        if not data["runs"]:
            self.add_error("schedule", "This schedule never runs again. Enter a time in the future.")


@register
class EditScheduledAction(ScalingAction):
    """Creates or replaces a change of the bounds at times of a schedule."""

    name = "edit_scheduled_action"
    label = "Add scheduled action"
    path = "services/<str:cluster>/<str:service>/scaling/schedule/"
    icon = "clock"
    form_class = EditScheduledActionForm
    calls = (PUT_ACTION,)

    def initial(self, context: ActionContext) -> dict[str, Any]:
        target = target_of(context.resource)
        bounds = {"minimum": target.minimum, "maximum": target.maximum} if target else {}
        return {"action_name": "weekday-morning", "schedule": "cron(0 8 ? * MON-FRI *)", "time_zone": "UTC", **bounds}

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        service: Service = context.resource
        name = data["action_name"]
        present = scheduled_actions_of(service).filter(name=name).first()
        wanted = _values(data)
        before = {member: present.description.get(member) for member in MEMBERS} if present else {}
        changes = changes_between(_lines(before), _lines(wanted))
        if not changes:
            raise PlanError("The form has no changes. Change a value, or cancel.")
        by = {**named(service), "ScheduledActionName": name}
        values = {"Schedule": present.description.get("Schedule")} if present else None
        return Plan(
            summary=f"{'Change' if present else 'Add'} the scheduled action {name} of {service.name}",
            resource_key=key_of(service),
            resource_name=service.name,
            steps=(Step("put", f"Put the scheduled action {name}", PUT_ACTION, {**by, **wanted}),),
            changes=changes,
            checks=(_runs_check(data["runs"], data["time_zone"]),),
            observes=(
                Observation("scheduled_action", {"named": by, "names": ["Schedule"]}, values,
                            f"The scheduled action {name}", (Effect("put", {"Schedule": ANY}),)),
            ),
            undo=_undo(service, name, present),
            touches=("scheduled_actions",),
        )  # fmt: skip


def data_of(row: ScheduledAction) -> dict[str, Any]:
    """Return the form data of a scheduled action."""
    described = row.description
    bounds = described.get("ScalableTargetAction") or {}
    times = {"start": described.get("StartTime"), "end": described.get("EndTime")}
    values = {
        "action_name": row.name,
        "schedule": described.get("Schedule", ""),
        "time_zone": described.get("Timezone") or "UTC",
        "minimum": bounds.get("MinCapacity"),
        "maximum": bounds.get("MaxCapacity"),
        **{name: f"{datetime.fromisoformat(time):%Y-%m-%d %H:%M:%S}" for name, time in times.items() if time},
    }
    return {name: value for name, value in values.items() if value is not None}


def _first(data: Mapping[str, Any]) -> datetime:
    now = clock.now()
    return max(now, data["start"]) if data.get("start") else now


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters. An `at` or `cron` without a time zone would be in UTC: it is always sent."""
    bounds = {"MinCapacity": data["minimum"], "MaxCapacity": data["maximum"]}
    times = {"StartTime": data["start"], "EndTime": data["end"]}
    return {
        "Schedule": data["schedule"].strip(),
        "Timezone": data["time_zone"],
        "ScalableTargetAction": {name: value for name, value in bounds.items() if value is not None},
        **{name: time.isoformat() for name, time in times.items() if time},
    }


def _lines(values: Mapping[str, Any]) -> dict[str, Any]:
    if not values:
        return {}
    bounds = values.get("ScalableTargetAction") or {}
    return {
        "schedule": values.get("Schedule"),
        "time zone": values.get("Timezone") or "UTC",
        "minimum tasks": bounds.get("MinCapacity"),
        "maximum tasks": bounds.get("MaxCapacity"),
        "not before": _same(values.get("StartTime")),
        "not after": _same(values.get("EndTime")),
    }


def _same(time: str | None) -> str | None:
    """Return a time in one spelling, so that equal times are equal texts."""
    return f"{datetime.fromisoformat(time):%Y-%m-%d %H:%M:%S} UTC" if time else None


def _runs_check(runs: list[datetime], zone: str) -> Check:
    shown = ", ".join(f"{each:%a %Y-%m-%d %H:%M} UTC" for each in runs)
    return Check(Level.OK, f"The next {'run' if len(runs) == 1 else 'runs'}: {shown}", f"Time zone {zone}.")


def _undo(service: Service, name: str, present: ScheduledAction | None) -> Undo:
    kwargs = service.url_kwargs()
    if present is None:
        return Undo("delete_scheduled_action", f"delete {name}", kwargs, {"scheduled_action": name})
    return Undo("edit_scheduled_action", f"restore {name}", kwargs, data_of(present))
