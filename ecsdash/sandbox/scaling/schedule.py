"""The schedules of scheduled actions, rules and EventBridge Scheduler: `at(...)`, `rate(...)` and `cron(...)` with six
fields. A time that daylight saving repeats counts the first time only."""

import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = dict(zip(_MONTH_NAMES, range(1, 13), strict=True))
_DAYS = dict(zip(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), range(1, 8), strict=True))
_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}
_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
_SPECIAL = re.compile(r"^L$|[0-9]W$|L$|#")
_SHAPE = re.compile(r"(at|rate|cron)\((.+)\)")


def is_due(schedule: str, timezone: str, made_at: float, minute: float) -> bool:
    """Whether the schedule fires in the minute that begins at `minute`, in seconds since the epoch."""
    shape = _SHAPE.fullmatch(schedule.strip())
    if shape is None:
        return False
    local = datetime.fromtimestamp(minute, ZoneInfo(timezone or "UTC"))
    kind, text = shape.groups()
    if kind == "at":
        return datetime.fromisoformat(text).replace(second=0) == local.replace(tzinfo=None, second=0, microsecond=0)
    if kind == "rate":
        number, unit = text.split()
        every = int(number) * _UNITS[unit.rstrip("s")]
        passed = [(at - made_at) // every for at in (minute - 60, minute)]
        return any(0 <= before < after for before, after in pairwise(passed))
    return not local.fold and _cron(text, local)


def _cron(text: str, local: datetime) -> bool:
    weekday = local.isoweekday() % 7 + 1
    now = (local.minute, local.hour, local.day, local.month, weekday, local.year)
    fields = text.upper().split()
    if len(fields) != len(_FIELDS):
        return False
    special = {2: _day_of_month, 4: _day_of_week}
    return all(
        special[number](field, local) if number in special and _SPECIAL.search(field) else _fits(field, value, bounds)
        for number, (field, value, bounds) in enumerate(zip(fields, now, _FIELDS, strict=True))
    )


def _day_of_month(field: str, local: datetime) -> bool:
    """`L` is the last day of the month, `15W` the weekday nearest to the 15th."""
    if field == "L":
        return (local + timedelta(days=1)).month != local.month
    wanted = int(field.removesuffix("W"))
    while True:
        try:
            day = date(local.year, local.month, wanted)
            break
        except ValueError:
            wanted -= 1
    ends = (day + timedelta(days=1)).month != day.month
    moves = {6: 2 if day.day == 1 else -1, 7: -2 if ends else 1}
    return local.day == day.day + moves.get(day.isoweekday(), 0)


def _day_of_week(field: str, local: datetime) -> bool:
    """`6L` is the last Friday of the month, `6#3` the third; `L` alone is Saturday."""
    day, _, number = field.partition("#")
    if field != "L" and local.isoweekday() % 7 + 1 != _number(day.removesuffix("L")):
        return False
    if field == "L":
        return local.isoweekday() == 6
    return (local.day - 1) // 7 + 1 == int(number) if number else (local + timedelta(days=7)).month != local.month


def _fits(field: str, value: int, bounds: tuple[int, int]) -> bool:
    return any(value in _values(part, bounds) for part in field.split(","))


def _values(part: str, bounds: tuple[int, int]) -> range:
    span, _, step = part.partition("/")
    if span in ("*", "?"):
        return range(bounds[0], bounds[1] + 1, int(step or 1))
    first, _, last = span.partition("-")
    end = _number(last) if last else (bounds[1] if step else _number(first))
    return range(_number(first), end + 1, int(step or 1))


def _number(text: str) -> int:
    return _MONTHS.get(text) or _DAYS.get(text) or int(text)
