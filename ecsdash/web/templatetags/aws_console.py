"""`{% load aws_console %}`: links to a resource in the AWS console. There are none with the simulated AWS."""

from typing import Any

from django import template
from django.conf import settings

from ecsdash.aws import console_links

register = template.Library()
LINK = "components/console_link.html"


@register.inclusion_tag(LINK)
def console_link(target: Any, short: bool = False) -> dict[str, Any]:
    """Link to the resource of an inventory row or ARN; none for a deleted resource. `short` shows the icon alone."""
    arn = target if isinstance(target, str) else "" if getattr(target, "gone_at", None) else getattr(target, "arn", "")
    return _link(console_links.of_arn(arn), short)


@register.inclusion_tag(LINK)
def console_page(kind: str, *names: str, short: bool = False) -> dict[str, Any]:
    """Link to a page that has no ARN: one of console_links.PAGES with its arguments."""
    return _link(console_links.PAGES[kind](*names) if all(names) else "", short)


def _link(url: str, short: bool) -> dict[str, Any]:
    return {"url": "" if settings.AWS_ENDPOINT_URL else url, "short": short}
