"""HTML of a table's rows. A page has hundreds of cells, which Python functions render much faster than templates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template import Context
from django.template.base import render_value_in_context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from ecsdash.web.html import icon
from ecsdash.web.tables.cells import name
from ecsdash.web.tables.pagination import PagePosition

if TYPE_CHECKING:
    from ecsdash.web.tables.columns import Column
    from ecsdash.web.tables.table import Table


@dataclass(frozen=True)
class Cell:
    column: "Column"
    value: Any

    @property
    def shown(self) -> Any:
        return "—" if self.value in (None, "") else self.value


@dataclass(frozen=True)
class Row:
    key: str
    url: str
    menu_url: str
    record: Any
    cells: list[Cell]


@dataclass(frozen=True)
class RenderedRows(PagePosition):
    """The rows of a page as HTML, with the position of the page."""

    html: SafeString


#: Returns the HTML of a cell's content for a record and a cell.
RenderCell = Callable[[Any, Cell], SafeString]
CELL_END = SafeString("</td>")


def render(table: "Table", context: Context) -> SafeString:
    """Return the rows of the table's page. `context` is the page's, for cells that are templates."""
    if table.rendered:
        return table.rendered.html
    columns = [(_cell_start(table.css(column)), _cell_renderer(column, context)) for column in table.shown]
    html = _joined(_row(table, row, at, columns) for at, row in enumerate(table.rows, 1))
    page = table.page
    table.cache(RenderedRows(page.start, page.number, page.previous, page.next, html))
    return html


def _row(table: "Table", row: Row, at: int, columns: list[tuple[SafeString, RenderCell]]) -> SafeString:
    cells = [render_cell(row.record, cell) for (_, render_cell), cell in zip(columns, row.cells, strict=True)]
    if row.url:
        cells[0] = format_html('<a class="row-link" href="{}" data-row-link>{}</a>', row.url, cells[0])
    return format_html(
        '<tr id="{}-{}" data-row>{}{}{}</tr>\n',
        table.name,
        row.key,
        _checkbox(table.name, row.key, at) if table.bulk else "",
        _joined(start + cell + CELL_END for (start, _), cell in zip(columns, cells, strict=True)),
        _menu(table.name, row, at) if table.row_menu else "",
    )


def _cell_start(css: str) -> SafeString:
    return format_html('<td class="{}">', css)


def _checkbox(name: str, key: str, at: int) -> SafeString:
    return format_html(
        '<td class="pick"><input type="checkbox" class="form-check-input" name="row" value="{key}" form="{name}-bulk"'
        ' id="{name}-pick-{key}" aria-label="Select row {at}" data-pick></td>',
        name=name,
        key=key,
        at=at,
    )


def _menu(name: str, row: Row, at: int) -> SafeString:
    return format_html(
        '<td class="menu-col"><a class="btn btn-icon" role="button" id="{}-menu-{}" href="{}" data-menu="{}"'
        ' aria-haspopup="true" aria-label="Actions for row {}">{}</a></td>',
        name,
        row.key,
        row.url,
        row.menu_url,
        at,
        icon("dots"),
    )


def _cell_renderer(column: "Column", context: Context) -> RenderCell:
    if callable(column.cell):
        function = column.cell
        return lambda record, cell: conditional_escape(function(record, cell.value))
    if column.cell:
        return _template_renderer(column.cell, context)
    return lambda record, cell: _plain(cell.shown, context)


def _template_renderer(name: str, context: Context) -> RenderCell:
    template = context.template.engine.get_template(name)  # type: ignore[union-attr]  # a page is being rendered

    def render_cell(record: Any, cell: Cell) -> SafeString:
        with context.push(row=record, value=cell.value):
            return template.render(context)

    return render_cell


def _plain(value: Any, context: Context) -> SafeString:
    """Return the value as a template would write a variable."""
    return name(value) if isinstance(value, str) else conditional_escape(render_value_in_context(value, context))


def _joined(parts: Iterable[SafeString]) -> SafeString:
    """Return the joined parts. Nothing needs escaping: all of them are SafeString."""
    return SafeString("".join(parts))
