"""A table of rows that are computed, not stored: filter, order and pages of a list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ecsdash.web import parsing
from ecsdash.web.tables import filters
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.pagination import Page
from ecsdash.web.tables.table import Table


@dataclass
class ListTable(Table):
    """`queryset` is a list, and the paths of columns are attributes of its rows. `search` lists keys of columns.

    Rows with equal values keep the order of the list. Without a valid sort column in the URL, `order` may be empty:
    the order of the list. The rows need a `row_key`.
    """

    queryset: Sequence[Any]  # type: ignore[assignment]

    @cached_property
    def filtered(self) -> list[Any]:  # type: ignore[override]
        if self.filter_objection:
            return []
        terms = [self._term(*term) for term in filters.terms(self.query, self._filters)]
        return [row for row in self.queryset if all(_contains(row, *term) for term in terms)]

    def _term(self, column: str, value: str) -> tuple[list[Column], list[str]]:
        """Return the columns of a term, and the words of which one must be in one of the columns."""
        keys = [column] if column else self.search
        words = value.split(",") if column else [value]
        return [each for each in self.columns if each.key in keys], [word.casefold() for word in words if word]

    @property
    def ordered(self) -> list[Any]:  # type: ignore[override]
        column = next((each for each in self.columns if each.key == self.ordered_by.removeprefix("-")), None)
        if column is None:
            return self.filtered
        return sorted(self.filtered, key=lambda row: _text(column.read(row)), reverse=self.ordered_by.startswith("-"))

    def every_row(self) -> Iterator[Any]:
        return iter(self.ordered)

    @property
    def total(self) -> int:
        return len(self.queryset)

    @property
    def count(self) -> int:
        return len(self.filtered)

    @property
    def count_text(self) -> str:
        return f"{self.count:,}"

    @cached_property
    def page(self) -> Page:
        """The cursor of a page is the number of its first row."""
        start = parsing.number(self._address.parameter("at")) or 0
        start = start if start < self.count else 0
        rows = self.ordered[start : start + self.size]
        following = start + len(rows)
        before = str(max(0, start - self.size)) if start else ""
        return Page(start, len(rows), before, str(following) if following < self.count else "", rows)


def _contains(row: Any, columns: Sequence[Column], words: Sequence[str]) -> bool:
    texts = [_text(column.read(row)) for column in columns]
    return not words or any(word in text for word in words for text in texts)


def _text(value: Any) -> str:
    return (", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)).casefold()
