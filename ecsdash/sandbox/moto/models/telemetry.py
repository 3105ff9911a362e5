"""CloudWatch that returns metrics in whole periods, with gaps and percentiles, as AWS does."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch import urls
from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import CloudWatchBackend, MetricDatum

from ecsdash.sandbox.moto.statistics import STATISTICS, Series, series_of

MINUTE, HOUR = 60, 3600
MOST_POINTS, MOST_QUERIES = 100_800, 500


class SandboxCloudWatchBackend(CloudWatchBackend):
    @property
    def _url_module(self) -> Any:
        return urls

    def get_metric_data(
        self,
        queries: list[dict[str, Any]],
        start_time: datetime,
        end_time: datetime,
        scan_by: str = "TimestampDescending",
    ) -> list[dict[str, Any]]:
        """Expressions are left to moto."""
        if any("MetricStat" not in each for each in queries):
            return super().get_metric_data(queries, start_time, end_time, scan_by)
        start, end = _seconds(start_time), _seconds(end_time)
        _check(queries, start, end)
        wanted = {_series(each["MetricStat"]["Metric"]) for each in queries}
        points = _points(self.metric_data, wanted, start, end)
        backwards = scan_by == "TimestampDescending"
        return [_result(each, points, start, end, backwards) for each in queries if each.get("ReturnData", True)]


def _check(queries: list[dict[str, Any]], start: int, end: int) -> None:
    if start >= end:
        raise ValidationError("The parameter StartTime must be less than the parameter EndTime.")
    periods = [int(each["MetricStat"]["Period"]) for each in queries]
    if any(period not in (1, 5, 10, 20, 30) and period % MINUTE for period in periods):
        raise ValidationError("Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
    if len(queries) > MOST_QUERIES or sum((end - start) // period for period in periods) > MOST_POINTS:
        raise ValidationError("You have requested too many metrics or data points.")


def _points(data: Iterable[object], wanted: set[Series], start: int, end: int) -> dict[Series, list[tuple[int, float]]]:
    found: dict[Series, list[tuple[int, float]]] = defaultdict(list)
    for datum in data:
        if not isinstance(datum, MetricDatum) or not start - HOUR <= (at := _seconds(datum.timestamp)) < end:
            continue
        if (series := series_of(datum)) in wanted:
            found[series].append((at, float(datum.value)))
    return found


def _result(
    query: Mapping[str, Any], points: Mapping[Series, list[tuple[int, float]]], start: int, end: int, backwards: bool
) -> dict[str, Any]:
    """Return the values of whole periods from that of `start` on; a period without values is left out."""
    stat, period = query["MetricStat"]["Stat"], int(query["MetricStat"]["Period"])
    first, parts = start // period * period, defaultdict[int, list[float]](list)
    for at, value in points.get(_series(query["MetricStat"]["Metric"]), []):
        if first <= at < end:
            parts[at // period * period].append(value)
    times = sorted(parts, reverse=backwards)
    return {
        "id": query["Id"],
        "label": query.get("Label") or query["MetricStat"]["Metric"]["MetricName"],
        "timestamps": [datetime.fromtimestamp(at, UTC).replace(tzinfo=None) for at in times],
        "values": [_value(stat, parts[at]) for at in times],
        "status_code": "Complete",
    }


def _value(stat: str, values: list[float]) -> float:
    if stat in STATISTICS:
        return STATISTICS[stat](values)
    place = round(float(stat.removeprefix("p")) / 100 * (len(values) - 1))
    return sorted(values)[place]


def _series(metric: Mapping[str, Any]) -> Series:
    dimensions = frozenset((each["Name"], each["Value"]) for each in metric.get("Dimensions") or ())
    return metric["Namespace"], metric["MetricName"], dimensions


def _seconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp())
