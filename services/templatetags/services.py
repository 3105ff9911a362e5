"""`{% load services %}`: links to resources of this app, and hidden values with their button."""

import re
from functools import lru_cache
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ecsdash.masking import is_fingerprint, pointer
from ecsdash.web.cached_reverse import address
from ecsdash.web.tables import cells
from services.models import Service

register = template.Library()
TASK = re.compile(r"\(task ([0-9a-f-]{32,36})\)")


@register.simple_tag
@lru_cache(maxsize=5000, typed=True)
def revision_link(account: str, region: str, name: str) -> SafeString:
    """Return a link to a task definition, labelled `family:revision`."""
    family, _, revision = name.rpartition(":")
    try:
        kwargs = {"account": account, "region": region, "family": family, "revision": int(revision)}
        address = reverse("services:task_definition", kwargs=kwargs)
    except (ValueError, NoReverseMatch):
        return format_html('<span class="mono">{}</span>', name or "—")
    return format_html('<a class="mono" href="{}">{}</a>', address, cells.name(name))


@register.inclusion_tag("services/hidden_value.html", takes_context=True)
def hidden_value(context: template.Context, value: Any, *place: str) -> dict[str, Any]:
    """Render a value as `mask` returns it, with a button that reveals it for who may.

    `place` is its JSON pointer, or the names in it: "containerDefinitions" "web" "environment" "STAGE".
    """
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    shown = is_fingerprint(text) and context.get("may_reveal")
    where = place[0] if len(place) == 1 else pointer(*place)
    return {**_button(context, *place), "text": text, "place": where if shown else ""}


@register.inclusion_tag("services/reveal_all.html", takes_context=True)
def reveal_all(context: template.Context, *place: str) -> dict[str, Any]:
    """Render the button that reveals all values of one container, for who may."""
    return {**_button(context, *place), "place": pointer(*place) if context.get("may_reveal") else ""}


def _button(context: template.Context, *place: str) -> dict[str, Any]:
    return {
        "reveal_url": context.get("reveal_url"),
        "label": place[-1].rpartition("/")[2],
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def event_line(service: Service, message: str) -> SafeString:
    """Return an event message without the service name, with links to the tasks that it names."""
    first, *rest = TASK.split(message.removeprefix(f"(service {service.name}) "))
    place = {"account": service.account.alias, "region": service.region}
    links = (
        (address("services:task", **place, task=name), name[:12], after)
        for name, after in zip(rest[::2], rest[1::2], strict=True)
    )
    return format_html("{}{}", first, format_html_join("", '(task <a class="mono" href="{}">{}</a>){}', links))


@register.simple_tag
@lru_cache(maxsize=5000, typed=True)
def cluster_link(account: str, region: str, name: str) -> SafeString:
    """Return a link to the services of a cluster, labelled with its name."""
    address = reverse("services:cluster_services", kwargs={"account": account, "region": region, "cluster": name})
    return format_html('<a href="{}">{}</a>', address, cells.name(name))
