"""The one table: columns, filter words, sort, pages, CSV. All of its state is in the address."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from ecsdash.web import csvfile, filters, prefs

Value = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """`key` is the word of the filter and, unless `value` is given, the path of the row's attribute (`cluster.name`).

    `sort` and `filter` are paths of the ORM; a column without them is neither sorted nor filtered by word.
    `cell` names a template or partial that gets `row` and `value`; without one the value is written as it is.
    `secondary` columns leave the table on narrow screens.
    """

    key: str
    label: str
    sort: str = ""
    filter: str = ""
    cell: str = ""
    value: Value | None = None
    align: Literal["start", "end", "center"] = "start"
    secondary: bool = False

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


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Any

    @property
    def shown(self) -> Any:
        return "—" if self.value in (None, "") else self.value


@dataclass(frozen=True)
class Row:
    key: str
    url: str
    record: Any
    cells: list[Cell]


@dataclass(frozen=True)
class Header:
    column: Column
    url: str
    direction: Literal["", "ascending", "descending"]


@dataclass
class Table:
    """`name` is the DOM id of the table's section and the name of the CSV file; `order` a column key, `-` before it
    for descending; `search` the ORM paths that a bare word looks in; `prefix` sets apart two tables on one page."""

    request: HttpRequest
    queryset: QuerySet[Any]
    columns: Sequence[Column]
    name: str
    title: str
    order: str
    search: Sequence[str] = ()
    row_url: Callable[[Any], str] | None = None
    row_key: Callable[[Any], str] = lambda row: str(row.pk)
    row_menu: str = ""
    bulk: Sequence[Bulk] = ()
    icon: str = "table"
    empty: str = ""
    empty_hint: str = ""
    empty_url: str = ""
    empty_action: str = ""
    error: Any = None
    loading: bool = False
    prefix: str = ""

    # --- what the address says -----------------------------------------------------------------------------------
    def _asked(self, word: str) -> str:
        return self.request.GET.get(self.prefix + word, "").strip()

    @property
    def query(self) -> str:
        return self._asked("q")

    @property
    def size(self) -> int:
        return prefs.page_size(self.request)

    @cached_property
    def ordered_by(self) -> str:
        asked = self._asked("sort")
        sortable = {column.key for column in self.columns if column.sort}
        return asked if asked.removeprefix("-") in sortable else self.order

    def address(self, **changes: str) -> str:
        """This page with some of the table's words changed; an empty one is left out."""
        words = {key: value for key, value in self.request.GET.lists() if key not in ("fragment", "format")}
        words |= {self.prefix + key: [value] for key, value in changes.items()}
        kept = {key: value for key, value in words.items() if value != [""]}
        return f"{self.request.path}?{urlencode(kept, doseq=True)}" if kept else self.request.path

    # --- what is found -------------------------------------------------------------------------------------------
    @cached_property
    def found(self) -> QuerySet[Any]:
        words = {column.key: column.filter for column in self.columns if column.filter}
        rows = self.queryset.filter(filters.condition(self.query, words, self.search))
        path = next((each.sort for each in self.columns if each.key == self.ordered_by.removeprefix("-")), "")
        sign = "-" if self.ordered_by.startswith("-") else ""
        return rows.order_by(*([sign + path] if path else []), "pk")

    @cached_property
    def total(self) -> int:
        return self.queryset.count()

    @cached_property
    def count(self) -> int:
        return self.found.count() if self.query else self.total

    @cached_property
    def pages(self) -> int:
        return max(1, -(-self.count // self.size))

    @cached_property
    def page(self) -> int:
        asked = self._asked("page")
        return min(max(1, int(asked)), self.pages) if asked.isdecimal() else 1

    @cached_property
    def rows(self) -> list[Row]:
        start = (self.page - 1) * self.size
        return [self._row(record) for record in self.found[start : start + self.size]]

    def _row(self, record: Model) -> Row:
        cells = [Cell(column, column.of(record)) for column in self.columns]
        return Row(self.row_key(record), self.row_url(record) if self.row_url else "", record, cells)

    # --- what the template asks ----------------------------------------------------------------------------------
    @property
    def state(self) -> Literal["error", "loading", "empty", "filtered", "rows"]:
        if self.error:
            return "error"
        if self.count:
            return "rows"
        if self.query:
            return "filtered"
        return "loading" if self.loading else "empty"

    @property
    def empty_title(self) -> str:
        return self.empty or f"No {self.title.lower()} yet"

    @property
    def headers(self) -> list[Header]:
        return [self._header(column) for column in self.columns]

    def _header(self, column: Column) -> Header:
        if not column.sort:
            return Header(column, "", "")
        here = self.ordered_by.removeprefix("-") == column.key
        down = self.ordered_by.startswith("-")
        sign = "-" if here and not down else ""
        direction: Literal["", "ascending", "descending"] = ("descending" if down else "ascending") if here else ""
        return Header(column, self.address(sort=sign + column.key, page=""), direction)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The words that the filter form must carry along."""
        gone = {"fragment", "format", self.prefix + "q", self.prefix + "page"}
        return [(key, value) for key, values in self.request.GET.lists() if key not in gone for value in values]

    @property
    def filter_words(self) -> list[str]:
        return [column.key for column in self.columns if column.filter]

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1 if self.count else 0

    @property
    def last(self) -> int:
        return min(self.page * self.size, self.count)

    @property
    def previous_url(self) -> str:
        return self.address(page=str(self.page - 1) if self.page > 2 else "") if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        return self.address(page=str(self.page + 1)) if self.page < self.pages else ""

    @property
    def unfiltered_url(self) -> str:
        return self.address(q="", page="")

    @property
    def here(self) -> str:
        return self.address()

    @property
    def csv_url(self) -> str:
        return self.address(format="csv", page="") if not self.prefix else ""

    @property
    def sizes(self) -> tuple[int, ...]:
        return prefs.PAGE_SIZES

    # --- CSV -----------------------------------------------------------------------------------------------------
    @property
    def wants_csv(self) -> bool:
        return self.request.GET.get("format") == "csv" and not self.prefix

    def csv(self) -> StreamingHttpResponse:
        """Every row that is found, not only this page."""
        return csvfile.response(f"{self.name}.csv", self._lines())

    def _lines(self) -> Iterator[list[Any]]:
        yield [column.label for column in self.columns]
        for record in self.found.iterator(chunk_size=500):
            yield [column.of(record) for column in self.columns]
