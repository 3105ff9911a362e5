"""Evaluation of CloudWatch alarms: moto stores alarms, but never evaluates them."""

import json
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from moto.cloudwatch.models import Alarm, CloudWatchBackend, MetricDatum

from ecsdash.sandbox.moto.statistics import STATISTICS, Series, series_of

_LONGEST = 20 * 60.0
_FURTHER_BACK = 2
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}


class Recent:
    """The data points of the last minutes, by metric."""

    def __init__(self, data: Iterable[object], now: float) -> None:
        self._now = now
        self._points: dict[Series, list[tuple[float, float]]] = defaultdict(list)
        since = datetime.fromtimestamp(now - _LONGEST, UTC).replace(tzinfo=None)
        for datum in data:
            if isinstance(datum, MetricDatum) and datum.timestamp.replace(tzinfo=None) > since:
                at = datum.timestamp.replace(tzinfo=UTC).timestamp()
                self._points[series_of(datum)].append((at, float(datum.value)))

    def values(self, alarm: Alarm) -> list[float]:
        """Return one value for each of the alarm's periods, the latest last; empty periods are skipped."""
        dimensions = frozenset((str(each.name), str(each.value)) for each in alarm.dimensions)
        points = self._points.get((alarm.namespace, alarm.metric_name, dimensions), [])
        statistic = STATISTICS.get(alarm.statistic or "", STATISTICS["Average"])
        period = float(alarm.period or 60)
        end = self._now // period * period
        found = []
        periods = int(alarm.evaluation_periods or 1)
        for back in range(periods + _FURTHER_BACK, 0, -1):
            since = end - back * period
            if inside := [value for at, value in points if since < at <= since + period]:
                found.append(statistic(inside))
        return found[-periods:]


def evaluate(backend: CloudWatchBackend, now: float) -> dict[str, float]:
    """Set the state of every metric alarm; return the latest value of those in ALARM."""
    if not backend.alarms:
        return {}
    recent = Recent(backend.metric_data, now)
    ringing = {}
    for alarm in backend.alarms.values():
        if alarm.metric_name and alarm.comparison_operator in _COMPARISONS:
            values = recent.values(alarm)
            if _judge(alarm, values):
                ringing[alarm.name] = values[-1]
    return ringing


def _judge(alarm: Alarm, values: list[float]) -> bool:
    """An alarm without enough data keeps its state and counts as not in ALARM."""
    periods = int(alarm.evaluation_periods or 1)
    needed = int(alarm.datapoints_to_alarm or periods)
    compare = _COMPARISONS[alarm.comparison_operator]
    breaching = sum(compare(value, float(alarm.threshold)) for value in values)
    if len(values) < needed:
        return False
    state = "ALARM" if breaching >= needed else "OK"
    if alarm.state_value != state:
        word = "breaching" if state == "ALARM" else "not breaching"
        reason = f"Threshold Crossed: {breaching} of the last {len(values)} datapoints were {word} ({alarm.threshold})."
        alarm.update_state(reason, json.dumps({"recentDatapoints": values, "threshold": alarm.threshold}), state)
    return state == "ALARM"
