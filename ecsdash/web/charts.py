"""Data of a chart. uPlot draws it; a table has the same values, for screen readers and without JavaScript."""

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
class Mark:
    """Something that happened: a line in each chart that can be zoomed. `kind` is deployment, scaling or failure;
    `url` is its page."""

    at: datetime
    kind: str
    text: str
    url: str = ""

    @property
    def data(self) -> dict[str, Any]:
        return {"at": int(self.at.timestamp()), "kind": self.kind, "text": self.text, "url": self.url}


@dataclass(frozen=True)
class Chart:
    """`times` are Unix seconds, one per value of each line. `name` is the DOM id, `high` the maximum of the y axis.

    `notes` say what happened at some of the times: lines in the chart, a column of the table. `hint` is a sentence
    below the title. A chart with `table_url` has its table there and not below, and it can be zoomed: the page shows
    the time that `since` and `until` in its address name. The marks of all such charts are the JSON in `#chart-marks`.
    """

    name: str
    title: str
    times: Sequence[int]
    lines: Sequence[Line]
    unit: str = ""
    high: float | None = None
    notes: Mapping[int, str] = field(default_factory=dict)
    hint: str = ""
    table_url: str = ""

    @property
    def data_id(self) -> str:
        return f"{self.name}-data"

    @property
    def data(self) -> dict[str, Any]:
        """The JSON that static/js/charts.js reads. Times at regular intervals are only first time, interval, number."""
        values = [list(line.values) for line in self.lines]
        return {
            "unit": self.unit,
            "high": self.high,
            "labels": [line.label for line in self.lines],
            "right": [line.own_scale for line in self.lines],
            "notes": sorted(self.notes),
            "zoom": bool(self.table_url),
            **(self._grid(values) if self.table_url else {"columns": [list(self.times), *values]}),
        }

    def _grid(self, values: list[list[float | None]]) -> dict[str, Any]:
        step = self.times[1] - self.times[0] if len(self.times) > 1 else 60
        return {"grid": [self.times[0] if self.times else 0, step, len(self.times)], "values": values}

    @property
    def rows(self) -> Iterator[tuple[datetime, list[float | None], str]]:
        """The rows of the table."""
        for position, second in enumerate(self.times):
            values = [line.values[position] for line in self.lines]
            yield datetime.fromtimestamp(second, UTC), values, self.notes.get(second, "")
