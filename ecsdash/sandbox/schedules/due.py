"""The rules and schedules that are due in a minute, as invocations of ECS."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.events.models import events_backends
from moto.scheduler.models import Schedule, scheduler_backends

from ecsdash.sandbox.scaling.schedule import is_due
from ecsdash.sandbox.scope import Scope

ECS = ":cluster/"
#: AWS cuts `startedBy` to this length.
STARTED_BY = 36


@dataclass(frozen=True)
class Invocation:
    """A target that is due. `dimensions` and `metric` count it when it fails; `principal` is the service that assumes
    the role."""

    source: str
    name: str
    target: Mapping[str, Any]
    principal: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]

    @property
    def started_by(self) -> str:
        return f"{self.source}/{self.name}"[:STARTED_BY]


def due(minute: float) -> Iterator[tuple[Scope, Invocation]]:
    """Yield what is due in the minute that begins at this time, in every account and region."""
    for account, regions in list(events_backends.items()):
        for region, events in list(regions.items()):
            for rule in list(events.event_buses["default"].rules.values()):
                if rule.state == "ENABLED" and is_due(rule.scheduled_expression or "", "UTC", _made_at(rule), minute):
                    yield from ((Scope(account, region), each) for each in _of_rule(rule))
    yield from _due_schedules(minute)


def _due_schedules(minute: float) -> Iterator[tuple[Scope, Invocation]]:
    for account, regions in list(scheduler_backends.items()):
        for region, scheduler in list(regions.items()):
            for group in list(scheduler.schedule_groups.values()):
                for schedule in list(group.schedules.values()):
                    if ECS in schedule.target["Arn"] and _is_due(schedule, minute):
                        yield Scope(account, region), _of_schedule(schedule)


def _of_rule(rule: Any) -> Iterator[Invocation]:
    for target in rule.targets:
        if ECS in target["Arn"]:
            yield Invocation("events-rule", rule.name, target, "events.amazonaws.com", "AWS/Events",
                             "FailedInvocations", (("RuleName", rule.name),))  # fmt: skip


def _of_schedule(schedule: Schedule) -> Invocation:
    return Invocation("chronos-schedule", schedule.name, schedule.target, "scheduler.amazonaws.com", "AWS/Scheduler",
                      "TargetErrorCount", (("ScheduleGroup", schedule.group_name),))  # fmt: skip


def _is_due(schedule: Schedule, minute: float) -> bool:
    if schedule.state != "ENABLED":
        return False
    begins, ends = float(schedule.start_date or 0), float(schedule.end_date or "inf")
    if not begins <= minute < ends:
        return False
    made_at = float(schedule.start_date or schedule.creation_date)
    return is_due(schedule.schedule_expression, schedule.schedule_expression_timezone, made_at, minute)


def _made_at(rule: Any) -> float:
    """Return when the rule was created, from which a rate counts."""
    return float(getattr(rule, "made_at", 0.0))
