"""The header cells of a table: label, and a link that sorts by the column."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from ecsdash.web.tables.columns import Column

if TYPE_CHECKING:
    from ecsdash.web.tables.table import Table

LONG_LABEL: Final = 24  # characters


@dataclass(frozen=True)
class Header:
    column: Column
    css: str
    url: str
    direction: Literal["", "ascending", "descending"]


def header(table: "Table", column: Column) -> Header:
    """Return the header of a column. Its link sorts by the column, or reverses the order when it is sorted by it."""
    css = f"{table.css(column)} long" if len(column.label) > LONG_LABEL else table.css(column)
    if not column.sort:
        return Header(column, css, "", "")
    if table.ordered_by.removeprefix("-") != column.key:
        return Header(column, css, table.address(sort=column.key, at=""), "")
    if table.ordered_by.startswith("-"):
        return Header(column, css, table.address(sort=column.key, at=""), "descending")
    return Header(column, css, table.address(sort=f"-{column.key}", at=""), "ascending")
