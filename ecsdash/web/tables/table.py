"""The table of every list: filter, sort order, pages, columns, CSV export. Its state is in the URL."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote_plus

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from ecsdash.web import preferences
from ecsdash.web.bounded_cache import BoundedCache
from ecsdash.web.polling.counters import Version
from ecsdash.web.polling.grants_fingerprint import fingerprint_of
from ecsdash.web.tables import column_choice, counts, csv_export, filters, pagination
from ecsdash.web.tables.address import TableAddress
from ecsdash.web.tables.columns import Bulk, Column
from ecsdash.web.tables.headers import Header, header
from ecsdash.web.tables.rows import Cell, RenderedRows, Row
from ecsdash.web.tables.shown_columns import ShownColumns

KEY_PLACEHOLDER = "-"
#: The last rendered rows of each page, with the version of the data that they show.
RENDERED: BoundedCache[tuple[str, ...], tuple[Version, RenderedRows]] = BoundedCache()


@dataclass
class Table:
    """`name` is the DOM id of the table's section, the name of the CSV file, and the name under which a person's choice
    of columns is stored. `order` is a column key, with `-` before it for descending order. `search` lists the ORM paths
    that a plain filter term is searched in. `prefix` distinguishes two tables on one page.

    `indexed`: see `filters.condition`. `version` identifies the state of the rows and must be read before them. While
    it is unchanged, the row count and the rendered rows come from a cache; None or an empty version disables that.
    `error` is shown in place of the table only when there are no rows.

    `row_menu` is the template of a row's menu, requested when the menu is opened. Its context is `row` and the result
    of `menu_context`.
    """

    request: HttpRequest
    queryset: QuerySet[Any]
    columns: Sequence[Column]
    name: str
    title: str
    order: str
    search: Sequence[str] = ()
    indexed: Mapping[str, str] = field(default_factory=dict)
    version: Version | None = None
    row_url: Callable[[Any], str] | None = None
    row_key: Callable[[Any], str] = lambda row: str(row.pk)
    row_menu: str = ""
    menu_context: Callable[[Any], Mapping[str, Any]] = lambda row: {}
    bulk: Sequence[Bulk] = ()
    icon: str = "table"
    empty: str = ""
    empty_hint: str = ""
    empty_url: str = ""
    empty_action: str = ""
    error: Any = None
    loading: bool = False
    prefix: str = ""
    size: int = field(init=False)

    def __post_init__(self) -> None:
        """Read the person's columns and page size now: the live section, rendered later, adds them to its polls."""
        self._address = TableAddress(self.request, self.prefix)
        self._columns = ShownColumns(self._address, self.name, self.columns)
        self.size = preferences.page_size(self.request)

    # --- URL and columns -----------------------------------------------------------------------------------------
    def address(self, **changes: str) -> str:
        """Return the URL of this page with some parameters of the table changed."""
        return self._address.url(**changes)

    @property
    def query(self) -> str:
        return self._address.parameter("q")

    @cached_property
    def ordered_by(self) -> str:
        requested = self._address.parameter("sort")
        sortable = {column.key for column in self.columns if column.sort}
        return requested if requested.removeprefix("-") in sortable else self.order

    @property
    def shown(self) -> list[Column]:
        return self._columns.shown

    @property
    def arrangement(self) -> list[tuple[Column, bool]]:
        return self._columns.arrangement

    def css(self, column: Column) -> str:
        return self._columns.css(column)

    # --- rows ----------------------------------------------------------------------------------------------------
    @cached_property
    def order_by(self) -> pagination.Order:
        column = next((each for each in self.columns if each.key == self.ordered_by.removeprefix("-")), None)
        order = pagination.Order(self.name, column.sort if column else "")
        if column and column.value_set and column.value_set.sort_by_value:
            order = replace(order, partitions=tuple(column.value_set.partitions(column.sort)))
        return order.reverse if self.ordered_by.startswith("-") else order

    @cached_property
    def filter_objection(self) -> str:
        """Why the filter is refused, in which case no row is shown; empty when it is not."""
        return filters.objection(self.query, self._filters)

    @property
    def _filters(self) -> dict[str, str]:
        return {column.key: column.filter for column in self.columns if column.filter}

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        if self.filter_objection:
            return self.queryset.none()
        value_sets = {column.key: column.value_set for column in self.columns if column.value_set}
        return self.queryset.filter(filters.condition(self.query, self._filters, self.search, self.indexed, value_sets))

    @property
    def ordered(self) -> QuerySet[Any]:
        """All rows that match the filter, in order."""
        return self.order_by.sorted(self.filtered)

    def every_row(self) -> Iterator[Any]:
        return self.ordered.iterator(chunk_size=500)

    @cached_property
    def total(self) -> int:
        return counts.count(self.queryset, self.version)

    @cached_property
    def count(self) -> int:
        """The number of rows that match the filter, at most counts.MAX_FILTERED + 1."""
        return counts.count(self.filtered, self.version, counts.MAX_FILTERED) if self.query else self.total

    @property
    def count_text(self) -> str:
        return counts.text(self.count, counts.MAX_FILTERED if self.query else 0)

    @property
    def total_text(self) -> str:
        return counts.text(self.total)

    @cached_property
    def page(self) -> pagination.Page:
        return pagination.page(self.filtered, self.order_by, self.size, self._address.parameter("at"))

    @cached_property
    def rendered(self) -> RenderedRows | None:
        """The rows as last rendered for somebody with the same grants; None when the version has changed since."""
        cached = RENDERED.get(self._cache_key) if self.version else None
        return cached[1] if cached and cached[0] == self.version else None

    def cache(self, rendered: RenderedRows) -> None:
        if self.version:
            RENDERED.put(self._cache_key, (self.version, rendered), len(rendered.html))

    @property
    def _cache_key(self) -> tuple[str, ...]:
        columns = ",".join(column.key for column in self.shown)
        return self.name, self.here, columns, str(self.size), fingerprint_of(self.request.user)

    @property
    def position(self) -> pagination.PagePosition:
        """The position of the page in the list. Cached rows have it as well, so nothing is read for it."""
        return self.rendered or self.page

    @cached_property
    def rows(self) -> list[Row]:
        return [self._row(record) for record in self.page.rows]

    def _row(self, record: Model) -> Row:
        cells = [Cell(column, column.read(record)) for column in self.shown]
        key = self.row_key(record)
        menu = self._menu_url + quote_plus(key) if self.row_menu else ""
        return Row(key, self.row_url(record) if self.row_url else "", menu, record, cells)

    @cached_property
    def _menu_url(self) -> str:
        """The URL of a row's menu without the row's key at its end."""
        return self.address(at="", menu=KEY_PLACEHOLDER).removesuffix(KEY_PLACEHOLDER)

    # --- for the template ----------------------------------------------------------------------------------------
    @property
    def state(self) -> Literal["error", "loading", "empty", "filtered", "rows"]:
        if self.position.number:
            return "rows"
        if self.error and not self.total:
            return "error"
        if self.query:
            return "filtered"
        return "loading" if self.loading else "empty"

    @property
    def empty_title(self) -> str:
        return self.empty or f"No {self.title.lower()} yet"

    @property
    def headers(self) -> list[Header]:
        return [header(self, column) for column in self.shown]

    @property
    def hidden_parameters(self) -> list[tuple[str, str]]:
        """The URL parameters that the filter form sends as hidden fields."""
        return self._address.without("q", "at")

    @property
    def filter_columns(self) -> list[str]:
        return [column.key for column in self.columns if column.filter]

    @property
    def first(self) -> int:
        return self.position.start + 1 if self.position.number else 0

    @property
    def last(self) -> int:
        return self.position.start + self.position.number

    @property
    def previous_url(self) -> str:
        """The URL of the previous page; that of the first page has no cursor."""
        if not self.position.previous:
            return ""
        return self.address(at=self.position.previous if self.position.start > self.size else "")

    @property
    def next_url(self) -> str:
        return self.address(at=self.position.next) if self.position.next else ""

    @property
    def paged(self) -> bool:
        return bool(self.position.previous or self.position.next)

    @property
    def unfiltered_url(self) -> str:
        return self.address(q="", at="")

    @property
    def here(self) -> str:
        return self.address()

    @property
    def csv_url(self) -> str:
        return self.address(format="csv", at="") if not self.prefix else ""

    @property
    def all_csv_url(self) -> str:
        return self.address(format="csv", columns=column_choice.ALL, at="") if not self.prefix else ""

    @property
    def columns_url(self) -> str:
        """The URL of the page on which columns are chosen."""
        return self.address(choose="columns")

    @property
    def sizes(self) -> tuple[int, ...]:
        return preferences.PAGE_SIZES

    # --- other responses at the same URL -------------------------------------------------------------------------
    def alternative_response(self) -> HttpResponseBase | None:
        """Return the response when the URL requests something other than the page: the CSV file, the menu of a row or
        the form for choosing columns."""
        if self.wants_csv:
            return self.csv()
        if self.wants_choice:
            return self.choice()
        key = self._address.parameter("menu")
        return self._menu(key) if key and self.row_menu else None

    @property
    def wants_choice(self) -> bool:
        return self._address.parameter("choose") == "columns"

    def choice(self) -> HttpResponse:
        crumbs = [(self.title, self.here), ("Columns", "")]
        return render(self.request, "components/columns.html", {"table": self, "crumbs": crumbs})

    def _menu(self, key: str) -> HttpResponse:
        try:
            row = self.queryset.filter(pk=key).first()
        except (ValueError, ValidationError):
            row = None
        if row is None:
            raise Http404("There is no such row")
        return render(self.request, self.row_menu, {**self.menu_context(row), "row": row})

    @property
    def wants_csv(self) -> bool:
        return self.request.GET.get("format") == "csv" and not self.prefix

    def csv(self) -> StreamingHttpResponse:
        """Return all rows that match the filter as CSV, not only those of this page."""
        csv_export.exported.send(sender=type(self), request=self.request, name=self.name)
        return csv_export.response(f"{self.name}.csv", self._csv_rows())

    def _csv_rows(self) -> Iterator[list[Any]]:
        yield [column.label for column in self.shown]
        for record in self.every_row():
            yield [column.read(record) for column in self.shown]
