"""Cell functions that several tables use as a Column's `cell`: HTML of the row and the column's value."""

from datetime import datetime
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from ecsdash.web import formatting, html

LONG = 24  # characters from which a name may be wrapped in a narrow table
NOTHING = SafeString('<span class="muted">—</span>')


def ago(row: Any, value: datetime | None) -> SafeString:
    return html.ago(value)


def status(row: Any, value: Any) -> SafeString:
    """Return the value as a status badge in the tone of the row."""
    return html.status(value, row.tone)


def account(row: Any, value: str) -> SafeString:
    """Return the account's alias with the mark of its environment. The region below it is shown only in tables too
    narrow for a column of regions."""
    environment = row.account.environment or "other"
    return format_html(
        '<span class="env-{} account-mark"><span class="env-dot" aria-hidden="true"></span>{}</span>'
        '<span class="account-region muted">{}</span>',
        environment,
        value,
        row.region,
    )


def name(text: str) -> SafeString:
    """Return a name. A long one is wrapped in narrow tables, so that it is never cut off."""
    return format_html('<span class="long-name">{}</span>', text) if len(text) > LONG else conditional_escape(text)


def mono(row: Any, value: str) -> SafeString:
    return format_html('<span class="mono">{}</span>', name(value))


def muted(text: str) -> SafeString:
    return format_html('<span class="muted">{}</span>', text)


def beginning(text: str, most: int, title: str = "") -> SafeString:
    """Return the first `most` characters of a text, cut off at the cell's width. The whole text, or `title`, is shown
    on hover."""
    shown = formatting.beginning(text, most)
    return format_html('<span class="muted truncated" title="{}">{}</span>', title or text, shown)
