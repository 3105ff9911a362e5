"""Data of a chart. uPlot draws it; a table below it has the same values, for screen readers and without JavaScript."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Line:
    """`own_scale`: it has the scale on the right, for a number of another kind."""

    label: str
    values: Sequence[float | None]
    own_scale: bool = False


@dataclass(frozen=True)
class Chart:
    """`times` are Unix seconds, one per value of each line. `name` is the DOM id, `high` the maximum of the y axis.

    `notes` say what happened at some of the times: lines in the chart, a column of the table.
    """

    name: str
    title: str
    times: Sequence[int]
    lines: Sequence[Line]
    unit: str = ""
    high: float | None = None
    notes: Mapping[int, str] = field(default_factory=dict)

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
            "right": [line.own_scale for line in self.lines],
            "notes": sorted(self.notes),
            "columns": [list(self.times), *(list(line.values) for line in self.lines)],
        }

    @property
    def rows(self) -> Iterator[tuple[datetime, list[float | None], str]]:
        """The rows of the table below the chart."""
        for position, second in enumerate(self.times):
            values = [line.values[position] for line in self.lines]
            yield datetime.fromtimestamp(second, UTC), values, self.notes.get(second, "")
