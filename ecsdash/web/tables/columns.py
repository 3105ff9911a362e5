"""What a table is told of its columns and of what can be done with chosen rows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from ecsdash.web.tables.filters import Few

Value = Callable[[Any], Any]
Write = Callable[[Any, Any], str]
Priority = Literal[1, 2, 3, 4, 5]
#: `sort` and `filter` of a column that follow its path.
BY_PATH: Final = "<path>"


@dataclass(frozen=True)
class Column:
    """`key` is the column's name in addresses and filter words. `path` is the ORM path of its value
    (`account__alias`); the order and the filter follow it. `sort` and `filter` name other paths, or are "" for none.
    Without a path the value is the attribute `key`, and the column is neither sorted nor filtered by itself.

    `value` reads the value from a row in another way. `cell` is a function of the row and the value, or names a
    template or partial that gets `row` and `value`; what the function returns is escaped unless it is marked safe.
    Without one the value is written as it is. `few`: all the values there can be, where they are few.

    `priority` says how wide the table must be to show the column (see tables.css): 1 always, 2 on a tablet, 3 in
    a window of 1280 px, 4 of 1400 px, 5 of 1600 px. `optional` columns are shown only to those who choose them.
    """

    key: str
    label: str
    path: str = ""
    sort: str = BY_PATH
    filter: str = BY_PATH
    cell: Write | str = ""
    value: Value | None = None
    align: Literal["start", "end", "center"] = "start"
    priority: Priority = 1
    optional: bool = False
    few: Few | None = None

    def __post_init__(self) -> None:
        for name in ("sort", "filter"):
            if getattr(self, name) == BY_PATH:
                object.__setattr__(self, name, self.path)

    @cached_property
    def of(self) -> Value:
        """Return the function that reads the column's value from a row."""
        return self.value or reader(self.path or self.key)


@dataclass(frozen=True)
class Bulk:
    """A button that posts the chosen rows' keys as `row` to `url`; `tone` is bad for what loses something."""

    label: str
    url: str
    tone: Literal["", "bad"] = ""


def reader(path: str) -> Value:
    """Return the function that follows a path (`account__alias`) from a row; None where a step is missing."""
    first, _, rest = path.partition("__")
    if not rest:
        return lambda row: getattr(row, first, None)
    further = reader(rest)
    return lambda row: None if (step := getattr(row, first, None)) is None else further(step)
