"""Helpers of the account views."""

from typing import Any

from django.urls import reverse

from ecsdash.access.client import client_ip
from ecsdash.access.requests import UserRequest
from ecsdash.access.views.crumbs import below_settings
from ecsdash.audit.record import record
from ecsdash.inventory.models import Account
from ecsdash.web.heading import Heading
from ecsdash.web.tone import Tone

Crumbs = list[tuple[str, str]]


def crumbs(*pages: tuple[str, str]) -> Crumbs:
    return below_settings(("AWS accounts", reverse("inventory:accounts")), *pages)


def account_context(account: Account, tab: str, *pages: tuple[str, str]) -> dict[str, Any]:
    """Return the context of `inventory/account_base.html`: `tab` is settings, connection or policies."""
    own = (account.name, reverse("inventory:account", args=[account.alias]))
    heading = Heading(
        account.name,
        f"AWS account {account.account_id}",
        "Enabled" if account.enabled else "Paused",
        Tone.OK if account.enabled else Tone.WARN,
        view=pages[-1][0] if pages else "",
    )
    return {"account": account, "tab": tab, "heading": heading, "crumbs": crumbs(own, *pages)}


def audit(request: UserRequest, action: str, account: Account, changes: list[dict[str, object]] | None = None) -> None:
    record(
        actor=request.user,
        source_ip=client_ip(request),
        action=action,
        resource_type="account",
        resource_name=account.alias,
        changes=changes or [],
    )
