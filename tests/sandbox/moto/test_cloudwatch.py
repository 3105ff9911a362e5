from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import Sandbox

HOUR = 3600


def put(sandbox: Sandbox, points: dict[int, list[float]]) -> int:
    """Put values at seconds after the begin of the last hour; return that begin."""
    begin = int(sandbox.world.clock.now()) // HOUR * HOUR - HOUR
    data = [
        {"MetricName": "Latency", "Value": value, "Timestamp": datetime.fromtimestamp(begin + at, UTC)}
        for at, values in points.items() for value in values
    ]  # fmt: skip
    sandbox.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=data)
    return begin


def ask(sandbox: Sandbox, start: int, end: int, stat: str, period: int = 300) -> dict[int, float]:
    metric: dict[str, Any] = {"Metric": {"Namespace": "Shop", "MetricName": "Latency"}, "Period": period, "Stat": stat}
    answer = sandbox.client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "m0", "MetricStat": metric}],
        StartTime=datetime.fromtimestamp(start, UTC), EndTime=datetime.fromtimestamp(end, UTC),
        ScanBy="TimestampAscending",
    )  # fmt: skip
    [result] = answer["MetricDataResults"]
    return {int(at.timestamp()): value for at, value in zip(result["Timestamps"], result["Values"], strict=True)}


def test_values_are_those_of_whole_periods_with_gaps(sandbox: Sandbox) -> None:
    begin = put(sandbox, {10: [1], 290: [3], 650: [5]})
    assert ask(sandbox, begin + 60, begin + HOUR, "Average") == {begin: 2, begin + 600: 5}
    assert ask(sandbox, begin, begin + HOUR, "Sum", HOUR) == {begin: 9}


def test_there_are_percentiles(sandbox: Sandbox) -> None:
    begin = put(sandbox, {60: [float(each) for each in range(101)]})
    assert ask(sandbox, begin, begin + HOUR, "p95") == {begin: 95}
    assert ask(sandbox, begin, begin + HOUR, "p50") == {begin: 50}


@pytest.mark.parametrize(
    ("hours", "period", "says"), [(0, 60, "less than the parameter EndTime"), (1, 90, "multiple of 60"),
                                  (24 * 100, 60, "too many metrics or data points")],
)  # fmt: skip
def test_impossible_requests_are_refused(sandbox: Sandbox, hours: int, period: int, says: str) -> None:
    end = int(sandbox.world.clock.now())
    with pytest.raises(ClientError, match=says):
        ask(sandbox, end - hours * HOUR, end, "Sum", period)
