"""Accounts are added and changed on a page, by administrators, and never without an audit event."""

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.models import Account
from ecsdash.inventory.views import parts

SHOP = {
    "name": "Shop production",
    "alias": "shop-prod",
    "account_id": "123456789012",
    "environment": "production",
    "role_arn": "arn:aws:iam::123456789012:role/ecsdash",
    "external_id": "",
    "regions": "eu-central-1, us-east-1",
    "enabled": "on",
}


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def test_an_added_account_is_there_and_audited(page: Client, admin: User) -> None:
    assert page.post("/settings/accounts/new/", SHOP).status_code == 302
    assert Account.objects.get(alias="shop-prod").regions == ["eu-central-1", "us-east-1"]
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.resource_name) == ("add_account", admin, "shop-prod")
    assert {"path": "environment", "before": None, "after": "production"} in event.changes


def test_only_what_changed_is_audited(page: Client) -> None:
    page.post("/settings/accounts/new/", SHOP)
    page.post("/settings/accounts/shop-prod/", {**SHOP, "name": "Shop"})
    assert AuditEvent.objects.latest("seq").changes == [{"path": "name", "before": "Shop production", "after": "Shop"}]


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("regions", "frankfurt", "frankfurt is no region"),
        ("account_id", "12", "Twelve digits"),
        ("role_arn", "admin", "A role&#x27;s ARN looks like"),
        ("role_arn", "arn:aws:iam::999999999999:role/x", "belongs to account 999999999999"),
    ],
)
def test_bad_input_is_refused_by_the_field(page: Client, field: str, value: str, complaint: str) -> None:
    answer = page.post("/settings/accounts/new/", {**SHOP, field: value})
    assert answer.status_code == 422
    assert complaint in answer.content.decode()
    assert not Account.objects.exists()


def test_without_the_audit_row_nothing_is_saved(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**values: object) -> None:
        raise RuntimeError("no audit today")

    monkeypatch.setattr(parts, "record", broken)
    with pytest.raises(RuntimeError):
        page.post("/settings/accounts/new/", SHOP)
    assert not Account.objects.exists()
