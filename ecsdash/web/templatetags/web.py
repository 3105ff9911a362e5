"""`{% load web %}`: words, badges and live sections. Blocks of several lines are in web_parts, forms in web_forms."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ecsdash.web import formatting
from ecsdash.web.polling import fragments
from ecsdash.web.tone import Tone

register = template.Library()
#: Lists write the same words row by row. Typed: a text that is marked safe is another than the same text unmarked.
kept = lru_cache(maxsize=5000, typed=True)


@register.simple_tag
@kept
def icon(name: str, label: str = "") -> SafeString:
    """One of static/icons.txt. With a label it speaks; without one it is decoration."""
    address = static("vendor/icons.svg")
    if label:
        return format_html('<svg class="i" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, address, name)
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', address, name)


@register.simple_tag
@kept
def status(value: Any, tone: str | Tone = Tone.IDLE, note: str = "") -> SafeString:
    """Icon, word and colour. `note` is what a pointer or a screen reader learns beyond the word."""
    tone = Tone(tone)
    extra = format_html(' title="{}"', note) if note else ""
    return format_html('<span class="status {}"{}>{}{}</span>', tone, extra, icon(tone.icon), _words(value))


def _words(value: Any) -> str:
    """ECS shouts its states (`ROLLBACK_IN_PROGRESS`); a page says them (`Rollback in progress`)."""
    text = str(value)
    return text.replace("_", " ").capitalize() if text.isupper() else text


@register.filter
def words(value: Any) -> str:
    """As `_words` has it; of names that we gave ourselves (`event_feed`) too."""
    return _words(value).replace("_", " ") if str(value).islower() else _words(value)


@register.filter
def ago(when: datetime | None) -> SafeString:
    if when is None:
        return format_html('<span class="muted">{}</span>', "never")
    exact = when.astimezone(timezone.get_current_timezone()).strftime("%Y-%m-%d %H:%M:%S %Z")
    said = formatting.ago(when, timezone.now())
    return format_html('<time datetime="{}" title="{}" data-ago>{}</time>', when.isoformat(), exact, said)


@register.filter
def moment(when: datetime | None) -> SafeString:
    """The exact time, for audit and logs."""
    if when is None:
        return format_html('<span class="muted">{}</span>', "—")
    local = when.astimezone(timezone.get_current_timezone())
    return format_html('<time datetime="{}">{}</time>', when.isoformat(), local.strftime("%Y-%m-%d %H:%M:%S %Z"))


@register.filter
def elapsed(seconds: float | None) -> str:
    return "" if seconds is None else formatting.elapsed(seconds)


@register.filter
def mebibytes(amount: int | str | None) -> str:
    return formatting.mebibytes(int(amount)) if amount not in (None, "") else "—"


@register.filter
def cpu_units(units: int | str | None) -> str:
    return formatting.cpu_units(int(units)) if units not in (None, "") else "—"


@register.filter
def last_part(arn: str | None) -> str:
    return formatting.last_part(arn or "")


@register.simple_tag
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


@register.simple_tag
@kept
def progress(done: float, total: float, label: str = "", tone: str | Tone = Tone.PROGRESS) -> SafeString:
    """A bar from real counters, with the counters beside it. A total of 0 is a bar that does not know its end."""
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


@register.simple_tag
def sparkline(values: Iterable[float], label: str) -> SafeString:
    """A small curve without axes. `label` says in words what it shows."""
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


@register.simple_tag(takes_context=True)
def live_section(context: template.Context, name: str) -> SafeString:
    """The attributes of a live section: `<section {% live_section "services" %}>`. The view passed its Fragment."""
    fragment = (context.get("live") or {}).get(name) or fragments.Fragment(name, final=True)
    found = fragments.attributes(context["request"], fragment)
    return format_html_join(" ", '{}="{}"', found.items())


@register.simple_tag
def live_age() -> SafeString:
    """ "updated 4 s ago", for the live section that it stands in. The browser counts."""
    return format_html('<span class="live-age" data-live-age>{}</span>', "")


@register.filter
def pretty(data: Any) -> str:
    """Data as JSON text, indented."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=str, sort_keys=False)


@register.filter
def get(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """A member whose name is not known when the template is written."""
    return (mapping or {}).get(key)
