"""The one table: filter words, sort, pages, CSV. All of its state is in the address."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote_plus, urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from ecsdash.web import preferences
from ecsdash.web.bounded_cache import BoundedCache
from ecsdash.web.polling import fragments
from ecsdash.web.polling.counters import Version
from ecsdash.web.polling.grants_fingerprint import fingerprint_of
from ecsdash.web.tables import column_choice, counts, csv_export, filters, pagination
from ecsdash.web.tables.columns import Bulk, Column
from ecsdash.web.tables.rows import Cell, RenderedRows, Row

KEY = "-"
#: Rows of pages that change counters alone decide, as last rendered, and for which version.
RENDERED: BoundedCache[tuple[str, ...], tuple[Version, RenderedRows]] = BoundedCache()
#: Words of an address that ask for another answer than the page.
PASSING = ("fragment", "format", "menu", "choose", "arranged")
LONG_LABEL = 24  # characters


@dataclass(frozen=True)
class Header:
    column: Column
    css: str
    url: str
    direction: Literal["", "ascending", "descending"]


@dataclass
class Table:
    """`name` is the DOM id of the table's section, the name of the CSV file and that under which a person's choice of
    columns is kept; `order` a column key, `-` before it for descending; `search` the ORM paths that a bare word looks
    in; `prefix` sets apart two tables on one page.

    `indexed`: as filters.condition has it. `version` changes when the rows do, and is read before them: their number
    is kept as long as it stays, and when counters alone make it the written rows are, too; an empty one means that it
    is not known. `error` takes the table's place only when there is nothing to show.

    `row_menu` is the template of a row's menu; it gets the `row` and what `menu_context` says of it, and is fetched
    when the menu is opened.
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
        """Before a live section is rendered: its polls must ask for the columns and the size that the person keeps."""
        self.size = preferences.page_size(self.request)
        if self._own_choice:
            keys = ",".join(column.key for column in self.shown)
            fragments.ask_with(self.request, f"{fragments.OWN}{self.prefix}columns", keys)

    # --- what the address says -----------------------------------------------------------------------------------
    def _asked(self, word: str) -> str:
        return self.request.GET.get(self.prefix + word, "").strip()

    @property
    def query(self) -> str:
        return self._asked("q")

    @cached_property
    def ordered_by(self) -> str:
        asked = self._asked("sort")
        sortable = {column.key for column in self.columns if column.sort}
        return asked if asked.removeprefix("-") in sortable else self.order

    def address(self, **changes: str) -> str:
        """This page with some of the table's words changed; an empty one is left out."""
        words = {key: value for key, value in self.request.GET.lists() if self._lasts(key)}
        words |= {self.prefix + key: [value] for key, value in changes.items()}
        kept = {key: value for key, value in words.items() if value != [""]}
        return f"{self.request.path}?{urlencode(kept, doseq=True)}" if kept else self.request.path

    def _lasts(self, key: str) -> bool:
        return key not in PASSING and key.removeprefix(self.prefix) not in PASSING and not key.startswith(fragments.OWN)

    # --- which columns are shown -----------------------------------------------------------------------------------
    @cached_property
    def _asked_columns(self) -> list[Column]:
        """Those that the address names, or that a poll asks for; none when it leaves the choice to the person."""
        own = (
            self.request.GET.get(f"{fragments.OWN}{self.prefix}columns", "") if fragments.is_poll(self.request) else ""
        )
        return column_choice.exactly(self.columns, (self._asked("columns") or own).split(","))

    @cached_property
    def _own_choice(self) -> column_choice.Choice:
        """What the person keeps, where the address says nothing."""
        return () if self._asked_columns else column_choice.kept(preferences.own_columns(self.request), self.name)

    @cached_property
    def shown(self) -> list[Column]:
        if self._asked_columns:
            return self._asked_columns
        if self._own_choice:
            return [column for column, shown in column_choice.arranged(self.columns, self._own_choice) if shown]
        return [column for column in self.columns if not column.optional]

    @property
    def arrangement(self) -> list[tuple[Column, bool]]:
        """Every column in order, and whether it is shown, for the form that changes this."""
        asked = self._asked("arranged")
        choice = asked.split(",") if asked else column_choice.as_choice(self.columns, self.shown)
        return column_choice.arranged(self.columns, choice)

    def css(self, column: Column) -> str:
        """The classes of a column's cells. Of chosen columns the first ones stay longest as the table narrows."""
        priority: int = column.priority
        if self._asked_columns or self._own_choice:
            priority = 1 if column in self.shown[:3] else 2
        return f"{column.align} p{priority}" if priority > 1 else column.align

    # --- what is found -------------------------------------------------------------------------------------------
    @cached_property
    def order_by(self) -> pagination.Order:
        column = next((each for each in self.columns if each.key == self.ordered_by.removeprefix("-")), None)
        order = pagination.Order(self.name, column.sort if column else "")
        if column and column.few and column.few.in_turn:
            order = replace(order, turns=tuple(column.few.turns(column.sort)))
        return order.reverse if self.ordered_by.startswith("-") else order

    @cached_property
    def filter_objection(self) -> str:
        """Why the filter is not read: no row is found then. Empty when it is."""
        return filters.objection(self.query, self._filters)

    @property
    def _filters(self) -> dict[str, str]:
        return {column.key: column.filter for column in self.columns if column.filter}

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        if self.filter_objection:
            return self.queryset.none()
        few = {column.key: column.few for column in self.columns if column.few}
        return self.queryset.filter(filters.condition(self.query, self._filters, self.search, self.indexed, few))

    @property
    def found(self) -> QuerySet[Any]:
        """Every row, in order."""
        return self.order_by.sorted(self.filtered)

    @cached_property
    def total(self) -> int:
        return counts.count(self.queryset, self.version)

    @cached_property
    def count(self) -> int:
        """Of those that the filter finds; more than counts.FILTERED_MOST are not told apart."""
        return counts.count(self.filtered, self.version, counts.FILTERED_MOST) if self.query else self.total

    @property
    def count_words(self) -> str:
        return counts.words(self.count, counts.FILTERED_MOST if self.query else 0)

    @property
    def total_words(self) -> str:
        return counts.words(self.total)

    @cached_property
    def page(self) -> pagination.Page:
        return pagination.page(self.filtered, self.order_by, self.size, self._asked("at"))

    @cached_property
    def rendered(self) -> RenderedRows | None:
        """The rows as they were rendered for somebody with the same grants, while the version is the same."""
        kept = RENDERED.get(self._cache_key) if self.version else None
        return kept[1] if kept and kept[0] == self.version else None

    def keep(self, rendered: RenderedRows) -> None:
        if self.version:
            RENDERED.put(self._cache_key, (self.version, rendered), len(rendered.html))

    @property
    def _cache_key(self) -> tuple[str, ...]:
        columns = ",".join(column.key for column in self.shown)
        return self.name, self.here, columns, str(self.size), fingerprint_of(self.request.user)

    @property
    def span(self) -> pagination.Span:
        """Where the page lies; its rows are not read when they are written already."""
        return self.rendered or self.page

    @cached_property
    def rows(self) -> list[Row]:
        return [self._row(record) for record in self.page.rows]

    def _row(self, record: Model) -> Row:
        cells = [Cell(column, column.of(record)) for column in self.shown]
        key = self.row_key(record)
        menu = self._menus + quote_plus(key) if self.row_menu else ""
        return Row(key, self.row_url(record) if self.row_url else "", menu, record, cells)

    @cached_property
    def _menus(self) -> str:
        """The address of a row's menu, up to the row's key."""
        return self.address(at="", menu=KEY).removesuffix(KEY)

    # --- what the template asks ----------------------------------------------------------------------------------
    @property
    def state(self) -> Literal["error", "loading", "empty", "filtered", "rows"]:
        if self.span.number:
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
        return [self._header(column) for column in self.shown]

    def _header(self, column: Column) -> Header:
        css = f"{self.css(column)} long" if len(column.label) > LONG_LABEL else self.css(column)
        if not column.sort:
            return Header(column, css, "", "")
        here = self.ordered_by.removeprefix("-") == column.key
        down = self.ordered_by.startswith("-")
        sign = "-" if here and not down else ""
        direction: Literal["", "ascending", "descending"] = ("descending" if down else "ascending") if here else ""
        return Header(column, css, self.address(sort=sign + column.key, at=""), direction)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The words that the filter form must carry along."""
        gone = {self.prefix + "q", self.prefix + "at"}
        kept = [(key, values) for key, values in self.request.GET.lists() if self._lasts(key) and key not in gone]
        return [(key, value) for key, values in kept for value in values]

    @property
    def filter_words(self) -> list[str]:
        return [column.key for column in self.columns if column.filter]

    @property
    def first(self) -> int:
        return self.span.start + 1 if self.span.number else 0

    @property
    def last(self) -> int:
        return self.span.start + self.span.number

    @property
    def previous_url(self) -> str:
        """The first page has the plain address."""
        if not self.span.previous:
            return ""
        return self.address(at=self.span.previous if self.span.start > self.size else "")

    @property
    def next_url(self) -> str:
        return self.address(at=self.span.next) if self.span.next else ""

    @property
    def paged(self) -> bool:
        return bool(self.span.previous or self.span.next)

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
        """The page on which the columns are chosen."""
        return self.address(choose="columns")

    @property
    def sizes(self) -> tuple[int, ...]:
        return preferences.PAGE_SIZES

    # --- other answers at the same address -----------------------------------------------------------------------
    def answer(self) -> HttpResponseBase | None:
        """What is asked for instead of the page: the CSV file, the menu of one row, or the choice of columns."""
        if self.wants_csv:
            return self.csv()
        if self.wants_choice:
            return self.choice()
        key = self._asked("menu")
        return self._menu(key) if key and self.row_menu else None

    @property
    def wants_choice(self) -> bool:
        return self._asked("choose") == "columns"

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

    # --- CSV -----------------------------------------------------------------------------------------------------
    @property
    def wants_csv(self) -> bool:
        return self.request.GET.get("format") == "csv" and not self.prefix

    def csv(self) -> StreamingHttpResponse:
        """Every row that is found, not only this page."""
        return csv_export.response(f"{self.name}.csv", self._lines())

    def _lines(self) -> Iterator[list[Any]]:
        yield [column.label for column in self.shown]
        for record in self.found.iterator(chunk_size=500):
            yield [column.of(record) for column in self.shown]
