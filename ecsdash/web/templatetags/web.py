"""`{% load web %}`: text, badges and live sections. Larger blocks are in web_parts, forms in web_forms."""

from collections.abc import Callable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ecsdash.web import html
from ecsdash.web.polling import fragments

register = template.Library()
TAGS: tuple[Callable[..., Any], ...] = (
    html.icon, html.status, html.ident, html.progress, html.traffic_split, html.sparkline,
)  # fmt: skip
FILTERS: tuple[Callable[..., Any], ...] = (
    html.words, html.ago, html.moment, html.elapsed, html.mebibytes, html.cpu_units, html.last_part, html.pretty,
    html.get,
)  # fmt: skip

for tag in TAGS:
    register.simple_tag(tag, name=tag.__name__)
for text_filter in FILTERS:
    register.filter(text_filter.__name__, text_filter)


@register.simple_tag(takes_context=True)
def live_section(context: template.Context, name: str) -> SafeString:
    """Return the attributes of a live section: `<section {% live_section "services" %}>`. The view passes its Fragment
    to `fragments.render`."""
    fragment = (context.get("live") or {}).get(name) or fragments.Fragment(name, final=True)
    attributes = fragments.attributes(context["request"], fragment)
    return format_html_join(" ", '{}="{}"', attributes.items())


@register.simple_tag
def live_age() -> SafeString:
    """Return the element in which static/js/time.js shows "updated 4 s ago" for its live section."""
    return format_html('<span class="live-age" data-live-age>{}</span>', "")
