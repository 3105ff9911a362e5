"""Definitions of a table's columns and of its bulk actions."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from ecsdash.web.tables.filters import ValueSet

Reader = Callable[[Any], Any]
CellFunction = Callable[[Any, Any], str]
Priority = Literal[1, 2, 3, 4, 5]
#: Default of `sort` and `filter`: the column's own path.
BY_PATH: Final = "<path>"


@dataclass(frozen=True)
class Column:
    """`key` is the column's name in URLs and filter terms. `path` is the ORM path of its value (`account__alias`);
    sorting and filtering use it. `sort` and `filter` name other paths, or are "" to switch sorting or filtering off.
    Without a path the value is the attribute `key`, and the column can be neither sorted nor filtered.

    `value` reads the value from a row in another way. `cell` is a function of the row and the value, or the name of a
    template or partial with the context `row` and `value`. A function's result is escaped unless it is marked safe.
    Without `cell` the value itself is written. `value_set`: all values of a column that has a small number of them.

    `priority` says how wide the table must be to show the column (see tables.css): 1 always, 2 on a tablet, 3 in
    a window of 1280 px, 4 of 1400 px, 5 of 1600 px. `optional` columns are shown only to people who choose them.
    """

    key: str
    label: str
    path: str = ""
    sort: str = BY_PATH
    filter: str = BY_PATH
    cell: CellFunction | str = ""
    value: Reader | None = None
    align: Literal["start", "end", "center"] = "start"
    priority: Priority = 1
    optional: bool = False
    value_set: ValueSet | None = None

    def __post_init__(self) -> None:
        for name in ("sort", "filter"):
            if getattr(self, name) == BY_PATH:
                object.__setattr__(self, name, self.path)

    @cached_property
    def read(self) -> Reader:
        """The function that reads the column's value from a row."""
        return self.value or reader(self.path or self.key)


@dataclass(frozen=True)
class Bulk:
    """A button that posts the keys of the selected rows as `row` to `url`; `tone` is "bad" for destructive actions."""

    label: str
    url: str
    tone: Literal["", "bad"] = ""


def reader(path: str) -> Reader:
    """Return a function that follows an ORM path (`account__alias`) from a row. Its result is None where an object on
    the path is missing."""
    first, _, rest = path.partition("__")
    if not rest:
        return lambda row: getattr(row, first, None)
    read_rest = reader(rest)
    return lambda row: None if (related := getattr(row, first, None)) is None else read_rest(related)
