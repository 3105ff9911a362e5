"""`{% load web_parts %}`: the blocks a page is put together from. Each is one template of templates/components/."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ecsdash.web import nav
from ecsdash.web.charts import Chart
from ecsdash.web.differences import differences
from ecsdash.web.tables import rows
from ecsdash.web.tables.table import Table

register = template.Library()
PARTS = "components/"


@register.inclusion_tag(PARTS + "table.html", takes_context=True)
def table(context: template.Context, table: Table) -> dict[str, Any]:
    return {**context.flatten(), "table": table}  # type: ignore[dict-item]


@register.simple_tag(takes_context=True)
def table_rows(context: template.Context, table: Table) -> SafeString:
    return rows.render(table, context)


@register.simple_block_tag
def plain_table(content: SafeString, title: str, *columns: str) -> SafeString:
    """A table that is only read: `{% plain_table "Targets" "Target" "Port|end" %}<tr>...</tr>{% endplain_table %}`.

    Behind `|` stand classes of the heading: `end`, `p2` to `p4` (see Column.priority; the cells need them as well), or
    `hidden` for one that only a screen reader says.
    """
    headings = format_html_join("\n", "{}", ((_heading(column),) for column in columns))
    return format_html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="plain">\n'
        "<thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table></div>",
        title,
        headings,
        content,
    )


def _heading(column: str) -> SafeString:
    label, _, css = column.partition("|")
    if "hidden" in css:
        css, label = css.replace("hidden", "").strip(), format_html('<span class="visually-hidden">{}</span>', label)
    return format_html('<th scope="col" class="{}">{}</th>', css, label)


@register.inclusion_tag(PARTS + "nav.html", takes_context=True)
def navigation(context: template.Context) -> dict[str, Any]:
    request = context.get("request")
    scope = context.get("scope") or next(iter(context.get("scopes") or []), None)
    return {"sections": nav.sections(request.path if request else "", scope)}


@register.filter
def scope_url(scope: nav.Scope) -> str:
    """Where one lands on choosing an account and region."""
    return nav.base(scope) + "clusters/"


@register.filter
def all_regions_url(scope: nav.Scope) -> str:
    """Where one lands on choosing every region of an account."""
    return f"/{scope.account.alias}/{nav.ALL}/clusters/"


@register.inclusion_tag(PARTS + "facts.html")
def facts(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Label and value pairs; empty values are shown as a dash."""
    return {"pairs": pairs}


@register.inclusion_tag(PARTS + "json.html")
def json_block(data: Any, title: str = "JSON", expanded: bool = False) -> dict[str, Any]:
    return {"data": data, "title": title, "expanded": expanded}


@register.inclusion_tag(PARTS + "code.html")
def code_block(text: str, title: str = "") -> dict[str, Any]:
    return {"text": text, "title": title}


@register.inclusion_tag(PARTS + "diff.html")
def diff(changes: Iterable[tuple[str, Any, Any] | Mapping[str, Any]]) -> dict[str, Any]:
    """What changes: (path, before, after), or mappings or objects with these names."""
    return {"changes": [row for change in changes for row in differences(*_parts(change))]}


def _parts(change: Any) -> tuple[str, Any, Any]:
    if isinstance(change, Mapping):
        return str(change.get("path", "")), change.get("before"), change.get("after")
    if hasattr(change, "path"):
        return change.path, change.before, change.after
    path, before, after = change
    return path, before, after


@register.inclusion_tag(PARTS + "error_card.html")
def error_card(error: Any) -> dict[str, Any]:
    """`error` has what, why, how, raw and, for a refused call, statement (see ecsdash.aws.explain)."""
    return {"error": error}


@register.inclusion_tag(PARTS + "empty.html")
def empty(title: str, hint: str = "", icon: str = "inbox", url: str = "", action: str = "") -> dict[str, Any]:
    return {"title": title, "hint": hint, "icon": icon, "url": url, "action": action}


@register.inclusion_tag(PARTS + "checks.html")
def checks(found: Iterable[Any]) -> dict[str, Any]:
    """Each check has level (ok, warn, block, or pending while it runs), title, detail, and fix: the way out."""
    return {"checks": found}


@register.inclusion_tag(PARTS + "chart.html")
def chart(data: Chart) -> dict[str, Any]:
    return {"chart": data}
