"""Cells that many tables have, as a Column's `cell` takes them: functions of the row and the column's value."""

from datetime import datetime
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from ecsdash.web import formatting, html

LONG = 24  # characters of a name that may be broken where a table is short of room
NOTHING = SafeString('<span class="muted">—</span>')


def ago(row: Any, value: datetime | None) -> SafeString:
    return html.ago(value)


def status(row: Any, value: Any) -> SafeString:
    """The value, in the tone of the row."""
    return html.status(value, row.tone)


def account(row: Any, value: str) -> SafeString:
    """Its alias beside the mark of its environment; where there is no room for a column of regions, its region too."""
    environment = row.account.environment or "other"
    return format_html(
        '<span class="env-{} account-mark"><span class="env-dot" aria-hidden="true"></span>{}</span>'
        '<span class="account-region muted">{}</span>',
        environment,
        value,
        row.region,
    )


def name(text: str) -> SafeString:
    """Return a name as cells write it: a long one may be broken, so that it is never cut."""
    return format_html('<span class="long-name">{}</span>', text) if len(text) > LONG else conditional_escape(text)


def mono(row: Any, value: str) -> SafeString:
    return format_html('<span class="mono">{}</span>', name(value))


def muted(text: str) -> SafeString:
    return format_html('<span class="muted">{}</span>', text)


def beginning(text: str, most: int, title: str = "") -> SafeString:
    """So many characters, of which the row shows what it has room for; a pointer learns the rest."""
    return format_html('<span class="muted rest" title="{}">{}</span>', title or text, formatting.beginning(text, most))
