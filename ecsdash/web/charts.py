"""Data of a chart. uPlot draws it; a table below it has the same values, for screen readers and without JavaScript."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Line:
    label: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Chart:
    """`times` are Unix seconds, one per value of each line. `name` is the DOM id, `high` the maximum of the y axis."""

    name: str
    title: str
    times: Sequence[int]
    lines: Sequence[Line]
    unit: str = ""
    high: float | None = None

    @property
    def data_id(self) -> str:
        return f"{self.name}-data"

    @property
    def data(self) -> dict[str, Any]:
        """The JSON that static/js/charts.js reads."""
        return {
            "unit": self.unit,
            "high": self.high,
            "labels": [line.label for line in self.lines],
            "columns": [list(self.times), *(list(line.values) for line in self.lines)],
        }

    @property
    def rows(self) -> Iterator[tuple[datetime, list[float | None]]]:
        """The rows of the table below the chart."""
        for position, second in enumerate(self.times):
            yield datetime.fromtimestamp(second, UTC), [line.values[position] for line in self.lines]
