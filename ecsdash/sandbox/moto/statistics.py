"""CloudWatch's data points by metric, and its statistics."""

from collections.abc import Callable
from typing import Final

from moto.cloudwatch.models import MetricDatum

STATISTICS: Final[dict[str, Callable[[list[float]], float]]] = {
    "Average": lambda values: sum(values) / len(values),
    "Maximum": max,
    "Minimum": min,
    "SampleCount": lambda values: float(len(values)),
    "Sum": sum,
}
Series = tuple[str, str, frozenset[tuple[str, str]]]
"""(namespace, metric, dimensions)"""


def series_of(datum: MetricDatum) -> Series:
    return datum.namespace, datum.name, frozenset((str(each.name), str(each.value)) for each in datum.dimensions)
