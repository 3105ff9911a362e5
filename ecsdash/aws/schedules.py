"""Schedules of scheduled actions, EventBridge rules and EventBridge Scheduler: `at(...)`, `rate(...)` and `cron(...)`
with six fields, and when they run next.

Source: Application Auto Scaling user guide, "Cron expressions for scheduled actions"; EventBridge user guide, "Cron
expressions reference"; EventBridge Scheduler user guide, "Daylight savings time": a time that does not exist is
skipped, one that exists twice runs once. One of day of month and day of week must be `?`.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count, islice
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

SHAPE: Final = re.compile(r"(at|rate|cron)\(([^()]{1,200})\)")
NUMBER: Final = re.compile(r"\d{1,4}")
MONTHS: Final = {name: number for number, name in enumerate(
    ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1)}  # fmt: skip
DAYS: Final = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
UNITS: Final = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
MOST_DAYS: Final = 366 * 5  # within which the next runs are looked for
Days = Callable[[date], bool]


class ScheduleError(ValueError):
    """The text is not a schedule; the message says what to write instead."""


@dataclass(frozen=True)
class Schedule:
    """`runs` yields the times after a moment; the second argument is when the schedule was made, where a rate
    begins."""

    runs: Callable[[datetime, datetime], Iterator[datetime]]

    def next_runs(self, after: datetime, number: int = 3, made_at: datetime | None = None) -> list[datetime]:
        """Return the next runs in UTC, fewer when the schedule ends."""
        return [each.astimezone(UTC) for each in islice(self.runs(after, made_at or after), number)]


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of the time zones, `UTC` first."""
    regions = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    return ("UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in regions))


def parse(text: str, zone: str = "UTC") -> Schedule:
    """Return the schedule in a time zone. Raise ScheduleError."""
    shape = SHAPE.fullmatch(text.strip())
    if shape is None:
        raise ScheduleError("Enter cron(...), rate(...) or at(...).")
    kind, inner = shape.groups()
    return {"at": _at, "rate": _rate, "cron": _cron}[kind](inner.strip(), ZoneInfo(zone))


def _at(text: str, zone: ZoneInfo) -> Schedule:
    try:
        when = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        raise ScheduleError("Enter the time as at(2026-12-31T08:30:00).") from None
    return Schedule(lambda after, _: iter([when] if when > after else []))


def _rate(text: str, _: ZoneInfo) -> Schedule:
    number, _space, unit = text.partition(" ")
    every = UNITS.get(unit.removesuffix("s"))
    if not NUMBER.fullmatch(number) or every is None or int(number) < 1:
        raise ScheduleError("Enter a rate as rate(30 minutes), rate(1 hour) or rate(2 days).")
    if (int(number) == 1) == unit.endswith("s"):
        raise ScheduleError("Write the unit in the singular after 1, else in the plural: rate(1 hour), rate(2 hours).")
    step = int(number) * every
    return Schedule(lambda after, made_at: (made_at + step * times for times in count((after - made_at) // step + 1)))


def _cron(text: str, zone: ZoneInfo) -> Schedule:
    fields = text.upper().split()
    if len(fields) != 6:
        raise ScheduleError("Enter six fields: minute, hour, day of month, month, day of week, year.")
    minute, hour, month_day, month, week_day, year = fields
    if (month_day == "?") == (week_day == "?"):
        raise ScheduleError("Enter ? in day of month or in day of week, not in both.")
    minutes, hours = _numbers("minute", minute, 0, 59), _numbers("hour", hour, 0, 23)
    months = _numbers("month", month, 1, 12, MONTHS)
    years = _numbers("year", year, 1970, 2199)
    days = _month_day(month_day) if week_day == "?" else _week_day(week_day)
    times = [(at_hour, at_minute) for at_hour in sorted(hours) for at_minute in sorted(minutes)]

    def runs(after: datetime, _: datetime) -> Iterator[datetime]:
        first = after.astimezone(zone).date()
        for day in (first + timedelta(days=number) for number in range(MOST_DAYS)):
            if day.month in months and day.year in years and days(day):
                at = (datetime(day.year, day.month, day.day, *time, tzinfo=zone) for time in times)
                yield from (each for each in at if each > after and _exists(each))

    return Schedule(runs)


def _exists(local: datetime) -> bool:
    """Return whether the clocks of the time zone show this time."""
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    return back.replace(tzinfo=None) == local.replace(tzinfo=None)


def _month_day(text: str) -> Days:
    """Return the test for a day of month: numbers, `L` (the last), `15W` (the weekday nearest to the 15th)."""
    if text == "L":
        return lambda day: day.day == _length(day)
    if text.endswith("W") and NUMBER.fullmatch(text[:-1]) and 1 <= int(text[:-1]) <= 31:
        return lambda day: day.day == _nearest_weekday(day, int(text[:-1]))
    allowed = _numbers("day of month", text, 1, 31)
    return lambda day: day.day in allowed


def _week_day(text: str) -> Days:
    """Return the test for a day of week: numbers or names, `6L` (the last Friday), `6#3` (the third Friday)."""
    named, hash_sign, number = text.partition("#")
    if hash_sign:
        (wanted,) = _numbers("day of week", named, 1, 7, DAYS, most=1)
        if number not in ("1", "2", "3", "4", "5"):
            raise ScheduleError("Enter a number from 1 to 5 after # in day of week.")
        return lambda day: _of(day) == wanted and (day.day - 1) // 7 + 1 == int(number)
    if len(text) > 1 and text.endswith("L"):
        (wanted,) = _numbers("day of week", text[:-1], 1, 7, DAYS, most=1)
        return lambda day: _of(day) == wanted and day.day + 7 > _length(day)
    allowed = _numbers("day of week", "7" if text == "L" else text, 1, 7, DAYS)
    return lambda day: _of(day) in allowed


def _numbers(
    name: str, text: str, low: int, high: int, names: dict[str, int] | None = None, most: int = 0
) -> frozenset[int]:
    """Return the numbers of a field: lists, spans and steps (`0,30`, `MON-FRI`, `0/15`). Raise ScheduleError."""
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        start = low if span == "*" else _number(name, first, names)
        end = high if span == "*" or (slash and not dash) else _number(name, last if dash else first, names)
        if not low <= start <= end <= high:
            raise ScheduleError(f"Enter numbers from {low} to {high} in {name}.")
        found.update(range(start, end + 1, _number(name, step) or 1 if slash else 1))
    if most and len(found) > most:
        raise ScheduleError(f"Enter one value in {name}.")
    return frozenset(found)


def _number(name: str, text: str, names: dict[str, int] | None = None) -> int:
    if names and text in names:
        return names[text]
    if not NUMBER.fullmatch(text):
        raise ScheduleError(f"“{text[:20]}” is not a value of {name}.")
    return int(text)


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _of(day: date) -> int:
    """Return the number of the day of week: Sunday is 1."""
    return day.isoweekday() % 7 + 1


def _nearest_weekday(day: date, wanted: int) -> int:
    """Return the day of this month that is a weekday and nearest to the wanted one, in the same month."""
    length = _length(day)
    middle = min(wanted, length)
    days = [each for each in range(max(1, middle - 2), min(length, middle + 2) + 1)
            if date(day.year, day.month, each).isoweekday() < 6]  # fmt: skip
    return min(days, key=lambda each: (abs(each - middle), each))
