"""Small pieces of HTML as functions: icons, status badges, times, identifiers, progress bars.

Templates get them as tags and filters from `{% load web %}`; tables and views call them."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ecsdash.web import formatting
from ecsdash.web.tone import Tone

#: Lists render the same values in many rows. Typed: a text that is marked safe differs from the same text unmarked.
cached = lru_cache(maxsize=5000, typed=True)


@cached
def icon(name: str, label: str = "") -> SafeString:
    """One of static/icons.txt. With a label it is read by screen readers; without one it is decoration."""
    address = static("vendor/icons.svg")
    if label:
        return format_html('<svg class="i" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, address, name)
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', address, name)


@cached
def status(value: Any, tone: str | Tone = Tone.IDLE, note: str = "") -> SafeString:
    """Icon, word and colour. `note` is shown on hover."""
    tone = Tone(tone)
    extra = format_html(' title="{}"', note) if note else ""
    return format_html('<span class="status {}"{}>{}{}</span>', tone, extra, icon(tone.icon), _words(value))


def _words(value: Any) -> str:
    """A status of the API (`ROLLBACK_IN_PROGRESS`) in sentence case (`Rollback in progress`)."""
    text = str(value)
    return text.replace("_", " ").capitalize() if text.isupper() else text


def words(value: Any) -> str:
    """A status or a noun (`event_feed`) in sentence case."""
    return _words(value).replace("_", " ") if str(value).islower() else _words(value)


def ago(when: datetime | None) -> SafeString:
    if when is None:
        return format_html('<span class="muted">{}</span>', "never")
    exact = when.astimezone(timezone.get_current_timezone()).strftime("%Y-%m-%d %H:%M:%S %Z")
    said = formatting.ago(when, timezone.now())
    return format_html('<time datetime="{}" title="{}" data-ago>{}</time>', when.isoformat(), exact, said)


def moment(when: datetime | None) -> SafeString:
    """The exact time, for audit and logs."""
    if when is None:
        return format_html('<span class="muted">{}</span>', "—")
    local = when.astimezone(timezone.get_current_timezone())
    return format_html('<time datetime="{}">{}</time>', when.isoformat(), local.strftime("%Y-%m-%d %H:%M:%S %Z"))


def elapsed(seconds: float | None) -> str:
    return "" if seconds is None else formatting.elapsed(seconds)


def mebibytes(amount: int | str | None) -> str:
    return formatting.mebibytes(int(amount)) if amount not in (None, "") else "—"


def cpu_units(units: int | str | None) -> str:
    return formatting.cpu_units(int(units)) if units not in (None, "") else "—"


def last_part(arn: str | None) -> str:
    return formatting.last_part(arn or "")


def ident(value: str | None, head: int = 10, tail: int = 8) -> SafeString:
    """An id or ARN: in mono, its middle cut out, copied whole by a click."""
    if not value:
        return format_html('<span class="muted">{}</span>', "—")
    shown = formatting.middle(value, head, tail)
    return format_html(
        '<button type="button" class="ident" data-copy="{}" title="{}" aria-label="Copy {}">{}{}</button>',
        value,
        value,
        value,
        shown,
        icon("copy"),
    )


@cached
def progress(done: float, total: float, label: str = "", tone: str | Tone = Tone.PROGRESS) -> SafeString:
    """A progress bar with its counters. A total of 0 makes an indeterminate bar."""
    name = label or "Progress"
    if not total:
        return format_html('<progress class="bar {}" aria-label="{}"></progress>', Tone(tone), name)
    return format_html(
        '<span class="meter"><progress class="bar {}" max="{}" value="{}" aria-label="{}"></progress>'
        '<span class="num">{}/{}</span></span>',
        Tone(tone),
        total,
        done,
        name,
        f"{done:g}",
        f"{total:g}",
    )


def sparkline(values: Iterable[float], label: str) -> SafeString:
    """A small chart without axes. `label` describes it for screen readers."""
    points = list(values)
    low, high = min(points, default=0), max(points, default=0)
    span, step = (high - low) or 1, 96 / max(1, len(points) - 1)
    line = " ".join(f"{2 + n * step:.1f},{21 - 18 * (value - low) / span:.1f}" for n, value in enumerate(points))
    return format_html(
        '<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polyline points="{}"/></svg>',
        label,
        line,
    )


def pretty(data: Any) -> str:
    """Data as JSON text, indented."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=str, sort_keys=False)


def get(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """A member whose name is a variable."""
    return (mapping or {}).get(key)
