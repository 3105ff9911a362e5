"""`{% load services %}`: links that pages of this app repeat."""

from functools import lru_cache

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=5000, typed=True)
def revision_link(account: str, region: str, name: str) -> SafeString:
    """A task definition's `family:revision`, with a link to its page."""
    family, _, revision = name.rpartition(":")
    try:
        kwargs = {"account": account, "region": region, "family": family, "revision": int(revision)}
        address = reverse("services:task_definition", kwargs=kwargs)
    except (ValueError, NoReverseMatch):
        return format_html('<span class="mono">{}</span>', name or "—")
    return format_html('<a class="mono" href="{}">{}</a>', address, name)


@register.simple_tag
@lru_cache(maxsize=5000, typed=True)
def cluster_link(account: str, region: str, name: str) -> SafeString:
    """A cluster's name, with a link to its services."""
    address = reverse("services:cluster_services", kwargs={"account": account, "region": region, "cluster": name})
    return format_html('<a href="{}">{}</a>', address, name)
