"""The time that decides, for example what is due: the database's clock, so that all processes agree.

It is read once a minute; between two readings this process's monotonic clock counts on, which nobody can set.
"""

import time
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection
from django.utils import timezone

READ_SECONDS: Final = 60.0


class _Reading(NamedTuple):
    time: datetime
    monotonic: float


_reading: _Reading | None = None


def now() -> datetime:
    """Return the database's time. SQLite has the clock of this machine."""
    global _reading
    if connection.vendor != "postgresql":
        return timezone.now()
    reading = _reading
    if reading is None or time.monotonic() > reading.monotonic + READ_SECONDS:
        reading = _reading = _read()
    return reading.time + timedelta(seconds=time.monotonic() - reading.monotonic)


def ahead() -> float:
    """Return by how many seconds this process's clock is ahead of the database's; negative when it is behind."""
    return (timezone.now() - now()).total_seconds()


def _read() -> _Reading:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (read,) = cursor.fetchone()
    return _Reading(read, (began + time.monotonic()) / 2)
