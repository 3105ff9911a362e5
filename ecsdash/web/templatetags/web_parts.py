"""`{% load web_parts %}`: the blocks of a page. Most of them render a template of templates/components/."""

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
from ecsdash.web.timeline import Timeline

register = template.Library()
COMPONENTS = "components/"


@register.inclusion_tag(COMPONENTS + "table.html", takes_context=True)
def table(context: template.Context, table: Table) -> dict[str, Any]:
    return {**context.flatten(), "table": table}  # type: ignore[dict-item]


@register.simple_tag(takes_context=True)
def table_rows(context: template.Context, table: Table) -> SafeString:
    return rows.render(table, context)


@register.simple_block_tag
def plain_table(content: SafeString, title: str, *columns: str) -> SafeString:
    """Render a table without filter and pages.

    `{% plain_table "Targets" "Target" "Port|end" %}<tr>...</tr>{% endplain_table %}`

    After `|` follow CSS classes of the heading: `end`, `p2` to `p4` (see Column.priority; the cells need them as well),
    or `hidden` for a heading for screen readers only.
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


@register.inclusion_tag(COMPONENTS + "nav.html", takes_context=True)
def navigation(context: template.Context) -> dict[str, Any]:
    request = context.get("request")
    scope = context.get("scope") or next(iter(context.get("scopes") or []), None)
    above = [url for _, url in reversed(context.get("crumbs") or [])]
    return {"sections": nav.sections([request.path if request else "", *above], scope)}


@register.filter
def scope_url(scope: nav.NavScope) -> str:
    """Return the URL that the menu of accounts links to for an account and region."""
    return nav.base(scope) + "clusters/"


@register.filter
def all_regions_url(scope: nav.NavScope) -> str:
    """Return the URL that the menu of accounts links to for all regions of an account."""
    return f"/{scope.account.alias}/{nav.ALL}/clusters/"


@register.inclusion_tag(COMPONENTS + "facts.html")
def facts(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Render (label, value) pairs; empty values are shown as a dash."""
    return {"pairs": pairs}


@register.inclusion_tag(COMPONENTS + "json.html")
def json_block(data: Any, title: str = "JSON", expanded: bool = False) -> dict[str, Any]:
    return {"data": data, "title": title, "expanded": expanded}


@register.inclusion_tag(COMPONENTS + "code.html")
def code_block(text: str, title: str = "") -> dict[str, Any]:
    return {"text": text, "title": title}


@register.inclusion_tag(COMPONENTS + "diff.html")
def diff(changes: Iterable[tuple[str, Any, Any] | Mapping[str, Any]]) -> dict[str, Any]:
    """Render changes: (path, before, after) tuples, or mappings or objects with these members."""
    return {"changes": [row for change in changes for row in differences(*_parts(change))]}


def _parts(change: Any) -> tuple[str, Any, Any]:
    if isinstance(change, Mapping):
        return str(change.get("path", "")), change.get("before"), change.get("after")
    if hasattr(change, "path"):
        return change.path, change.before, change.after
    path, before, after = change
    return path, before, after


@register.inclusion_tag(COMPONENTS + "error_card.html")
def error_card(error: Any) -> dict[str, Any]:
    """Render an error: an object with what, why, how, raw and, for a denied call, statement (ecsdash.aws.explain)."""
    return {"error": error}


@register.inclusion_tag(COMPONENTS + "empty.html")
def empty(title: str, hint: str = "", icon: str = "inbox", url: str = "", action: str = "") -> dict[str, Any]:
    return {"title": title, "hint": hint, "icon": icon, "url": url, "action": action}


@register.inclusion_tag(COMPONENTS + "checks.html")
def checks(results: Iterable[Any]) -> dict[str, Any]:
    """Render checks: objects with level (ok, warn, block, or pending while running), title, detail and fix."""
    return {"checks": results}


@register.inclusion_tag(COMPONENTS + "chart.html")
def chart(data: Chart) -> dict[str, Any]:
    return {"chart": data}


@register.inclusion_tag(COMPONENTS + "timeline.html")
def timeline(line: Timeline) -> dict[str, Any]:
    return {"line": line}
