"""The columns that a table shows: those named in the URL, else those that the person chose, else the default ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ecsdash.web import preferences
from ecsdash.web.tables import column_choice
from ecsdash.web.tables.address import TableAddress
from ecsdash.web.tables.columns import Column


@dataclass
class ShownColumns:
    """`table` is the name under which the person's choice is stored."""

    address: TableAddress
    table: str
    columns: Sequence[Column]

    def __post_init__(self) -> None:
        """Make the polls of the page request the columns that the person chose."""
        if self._own_choice:
            self.address.add_personal("columns", ",".join(column.key for column in self.shown))

    @cached_property
    def _requested(self) -> list[Column]:
        """The columns named in the URL or by a poll; empty when neither names any."""
        keys = self.address.parameter("columns") or self.address.personal("columns")
        return column_choice.exactly(self.columns, keys.split(","))

    @cached_property
    def _own_choice(self) -> column_choice.Choice:
        """The person's stored choice; empty when the URL names columns."""
        if self._requested:
            return ()
        return column_choice.stored(preferences.own_columns(self.address.request), self.table)

    @cached_property
    def shown(self) -> list[Column]:
        if self._requested:
            return self._requested
        if self._own_choice:
            return [column for column, shown in column_choice.arranged(self.columns, self._own_choice) if shown]
        return [column for column in self.columns if not column.optional]

    @property
    def arrangement(self) -> list[tuple[Column, bool]]:
        """Every column in order, each with whether it is shown, for the form that changes this."""
        requested = self.address.parameter("arranged")
        choice = requested.split(",") if requested else column_choice.as_choice(self.columns, self.shown)
        return column_choice.arranged(self.columns, choice)

    def css(self, column: Column) -> str:
        """Return the CSS classes of a column's cells. Of chosen columns, the first ones are hidden last when the table
        becomes narrow."""
        priority: int = column.priority
        if self._requested or self._own_choice:
            priority = 1 if column in self.shown[:3] else 2
        return f"{column.align} p{priority}" if priority > 1 else column.align
