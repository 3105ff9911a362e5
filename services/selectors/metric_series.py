"""Stored metrics: found by what the address of the page asks for."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from ecsdash.inventory.scope import Scope
from services.models import MetricSeries
from services.sync.metric_sources import Subject

MINUTE, DAY = 60, 86_400
#: Periods in seconds, and the age in days up to which CloudWatch keeps values of such a period.
PERIODS: Final = ((60, 15), (300, 63), (900, 63), (1800, 63), (3600, 455))
MOST_VALUES: Final = 900  # of one line of a chart
FRESH: Final = 20  # seconds: shorter than the validity of a poll ticket, each expiry fetches metrics
OFTEN: Final = 4  # a series is read again so many times in a period
RETRY: Final = 60  # seconds after a failed reading


@dataclass(frozen=True)
class Window:
    """A time in seconds since 1970, in whole periods. `back`: seconds up to now; 0 if the times are fixed."""

    start: int
    end: int
    period: int
    back: int = 0

    @classmethod
    def last(cls, seconds: int, now: datetime, least: int = MINUTE) -> "Window":
        """Return the window up to the end of the last complete period."""
        period = period_for(seconds, seconds, least)
        end = int(now.timestamp()) // period * period
        return cls(end - seconds, end, period, seconds)

    @classmethod
    def between(cls, since: datetime, until: datetime, now: datetime, least: int = MINUTE) -> "Window":
        first, last, at = int(since.timestamp()), int(until.timestamp()), int(now.timestamp())
        period = period_for(last - first, at - first, least)
        return cls(first // period * period, -(-last // period) * period, period)


def period_for(seconds: int, age: int, least: int = MINUTE) -> int:
    """Return the shortest period of which CloudWatch still has values and a chart has room for."""
    fitting = (
        period for period, days in PERIODS
        if period >= least and seconds <= period * MOST_VALUES and age <= days * DAY + period
    )  # fmt: skip
    return next(fitting, PERIODS[-1][0])


@dataclass(frozen=True)
class Wanted:
    """What a page shows: the metrics of a subject over a time."""

    scope: Scope
    subject: Subject
    window: Window

    @property
    def key(self) -> str:
        """The same for everybody who opens the same address."""
        window = self.window
        times = [window.back, window.period] if window.back else [window.start, window.end, window.period]
        parts: list[Any] = [self.scope.account.pk, self.scope.region, self.subject.as_json(), times]
        return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def stored(self) -> MetricSeries | None:
        return MetricSeries.objects.filter(key=self.key).first()

    def as_job(self) -> dict[str, Any]:
        """Return the arguments of the job that reads it."""
        window = self.window
        return {
            "key": self.key, "account": self.scope.account.pk, "region": self.scope.region,
            "subject": self.subject.as_json(), "start": window.start, "end": window.end, "period": window.period,
        }  # fmt: skip

    def is_old(self, series: MetricSeries | None, now: datetime) -> bool:
        """Return whether the metrics have to be read again."""
        if series is None or series.fetched_at is None:
            return True
        age = (now - series.fetched_at).total_seconds()
        if series.error:
            return age > RETRY
        if not self.window.back and series.fetched_at.timestamp() > self.window.end + self.window.period:
            return False
        return age > max(FRESH, self.window.period / OFTEN)
