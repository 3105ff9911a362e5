"""`{% load aws_console %}`: links to the same thing in the AWS console. The simulated AWS has none."""

from typing import Any

from django import template
from django.conf import settings

from ecsdash.aws import console_links

register = template.Library()
LINK = "components/console_link.html"


@register.inclusion_tag(LINK)
def console_link(target: Any, short: bool = False) -> dict[str, Any]:
    """Link to what a row of the inventory or an ARN names; none for what is gone. `short` shows the icon alone."""
    arn = target if isinstance(target, str) else "" if getattr(target, "gone_at", None) else getattr(target, "arn", "")
    return _link(console_links.of_arn(arn), short)


@register.inclusion_tag(LINK)
def console_page(kind: str, *names: str, short: bool = False) -> dict[str, Any]:
    """Link to a page that no ARN names: one of console_links.PAGES with its arguments."""
    return _link(console_links.PAGES[kind](*names) if all(names) else "", short)


def _link(url: str, short: bool) -> dict[str, Any]:
    return {"url": "" if settings.AWS_ENDPOINT_URL else url, "short": short}
