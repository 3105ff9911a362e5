"""What a table is told of its columns and of what can be done with chosen rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ecsdash.web.tables.filters import Few

Value = Callable[[Any], Any]
Write = Callable[[Any, Any], str]


@dataclass(frozen=True)
class Column:
    """`key` is the word of the filter and, unless `value` is given, the path of the row's attribute (`cluster.name`).

    `sort` and `filter` are paths of the ORM; a column without them is neither sorted nor filtered by word.
    `cell` is a function of the row and the value, or names a template or partial that gets `row` and `value`; what the
    function answers is escaped unless it is marked safe. Without one the value is written as it is.
    `secondary` columns leave the table on narrow screens. `few`: all the values there can be, where they are few.
    """

    key: str
    label: str
    sort: str = ""
    filter: str = ""
    cell: Write | str = ""
    value: Value | None = None
    align: Literal["start", "end", "center"] = "start"
    secondary: bool = False
    few: Few | None = None

    def of(self, row: Any) -> Any:
        if self.value:
            return self.value(row)
        for name in self.key.split("."):
            row = row.get(name) if isinstance(row, dict) else getattr(row, name, None)
        return row() if callable(row) else row


@dataclass(frozen=True)
class Bulk:
    """A button that posts the chosen rows' keys as `row` to `url`; `tone` is bad for what loses something."""

    label: str
    url: str
    tone: Literal["", "bad"] = ""
