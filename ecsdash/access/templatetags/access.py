"""`{% load access %}`: texts about grants."""

from collections.abc import Iterable

from django import template

from ecsdash.access import grant_texts

register = template.Library()
register.filter("capabilities", grant_texts.capabilities_of)
register.filter("passed_roles", grant_texts.passed_roles_of)


@register.filter
def lines(texts: Iterable[str]) -> str:
    """Return the texts on a line each."""
    return "\n".join(texts)
