"""Small pieces of HTML as functions: icons, status badges, times, identifiers, progress bars.

Templates get them as tags and filters from `{% load web %}`; tables and views call them."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ecsdash.web import formatting
from ecsdash.web.tone import Tone

#: Lists render the same values in many rows. Typed: a text that is marked safe differs from the same text unmarked.
cached = lru_cache(maxsize=5000, typed=True)


@cached
def icon(name: str, label: str = "") -> SafeString:
    """Return an icon of static/icons.txt. Screen readers read its label; without one the icon is decoration."""
    address = static("vendor/icons.svg")
    if label:
        return format_html('<svg class="i" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, address, name)
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', address, name)


@cached
def status(value: Any, tone: str | Tone = Tone.IDLE, note: str = "") -> SafeString:
    """Return a status badge: icon, text and colour. `note` is shown on hover."""
    tone = Tone(tone)
    extra = format_html(' title="{}"', note) if note else ""
    return format_html('<span class="status {}"{}>{}{}</span>', tone, extra, icon(tone.icon), _sentence_case(value))


def _sentence_case(value: Any) -> str:
    """Return a status of the API (`ROLLBACK_IN_PROGRESS`) in sentence case (`Rollback in progress`)."""
    text = str(value)
    return text.replace("_", " ").capitalize() if text.isupper() else text


def words(value: Any) -> str:
    """Return a status of the API in sentence case, or an identifier (`event_feed`) with spaces."""
    return _sentence_case(value).replace("_", " ") if str(value).islower() else _sentence_case(value)


def ago(when: datetime | None) -> SafeString:
    if when is None:
        return format_html('<span class="muted">{}</span>', "never")
    exact = when.astimezone(timezone.get_current_timezone()).strftime("%Y-%m-%d %H:%M:%S %Z")
    text = formatting.ago(when, timezone.now())
    return format_html('<time datetime="{}" title="{}" data-ago>{}</time>', when.isoformat(), exact, text)


def moment(when: datetime | None) -> SafeString:
    """Return the exact time, for audit and logs."""
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
    """Return an ID or ARN in a monospace font with its middle cut out; a click copies all of it."""
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
    """Return a progress bar with its counters; an indeterminate bar when the total is 0."""
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


def traffic_split(shares: Iterable[tuple[str, int, str]], label: str = "Traffic") -> SafeString:
    """Return a bar that is divided by the weights of its shares (name, weight, tone), and each share in percent.

    If all weights are 0, no share gets requests.
    """
    listed = [(name, weight, Tone(tone)) for name, weight, tone in shares]
    total = sum(weight for _, weight, _ in listed)
    start, parts = 0.0, []
    for name, weight, tone in listed:
        width = 100 * weight / total if total else 0.0
        parts.append((tone, start, width, name, f"{round(width, 1):g} %"))
        start += width
    return format_html(
        '<span class="traffic-split"><svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '{}</svg><span aria-hidden="true">{}</span></span>',
        f"{label}: {', '.join(f'{name} {percent}' for *_, name, percent in parts)}",
        format_html_join(
            "",
            '<rect class="{}" x="{}" width="{}" height="10"/>',
            ((tone, f"{x:.2f}", f"{width:.2f}") for tone, x, width, *_ in parts),
        ),
        format_html_join(
            "",
            '<span class="traffic-share {}">{} <b class="num">{}</b></span>',
            ((tone, name, percent) for tone, _, _, name, percent in parts),
        ),
    )


def sparkline(values: Iterable[float], label: str) -> SafeString:
    """Return a small chart without axes. `label` describes it for screen readers."""
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
    """Return data as indented JSON text."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=str, sort_keys=False)


def get(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """Return a member of a mapping, for templates in which its name is a variable."""
    return (mapping or {}).get(key)
