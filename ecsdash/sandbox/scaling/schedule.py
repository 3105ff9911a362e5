"""The schedules of scheduled actions: `at(...)`, `rate(...)` and `cron(...)` with EventBridge's six fields."""

import re
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = dict(zip(_MONTH_NAMES, range(1, 13), strict=True))
_DAYS = dict(zip(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), range(1, 8), strict=True))
_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}
_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
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
    return _cron(text, local)


def _cron(text: str, local: datetime) -> bool:
    weekday = local.isoweekday() % 7 + 1
    now = (local.minute, local.hour, local.day, local.month, weekday, local.year)
    fields = text.upper().split()
    if len(fields) != len(_FIELDS):
        return False
    return all(_fits(field, value, bounds) for field, value, bounds in zip(fields, now, _FIELDS, strict=True))


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
