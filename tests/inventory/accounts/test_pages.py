"""Accounts are added and changed on a page, by administrators, and never without an audit event."""

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.models import Account, ConnectionTest
from ecsdash.inventory.views import account_pages

SHOP = {
    "name": "Shop production",
    "alias": "shop-prod",
    "account_id": "123456789012",
    "environment": "production",
    "reader_role_arn": "arn:aws:iam::123456789012:role/ecsdash-reader",
    "writer_role_arn": "arn:aws:iam::123456789012:role/ecsdash-writer",
    "permissions_boundary_arn": "",
    "passed_roles": "shop-*",
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
        ("regions", "frankfurt", "frankfurt is not a valid region name"),
        ("account_id", "12", "Enter 12 digits"),
        ("alias", "settings", "settings is reserved"),
        ("reader_role_arn", "admin", "This is not a role ARN"),
        ("writer_role_arn", "arn:aws:iam::999999999999:role/x", "belongs to account 999999999999"),
        ("writer_role_arn", "arn:aws-mars:iam::123456789012:role/x", "This is not a role ARN"),
        (
            "reader_role_arn",
            "arn:aws-cn:iam::123456789012:role/x",
            "This role is in the partition aws-cn, the regions are in aws.",
        ),
        ("regions", "eu-central-1 cn-north-1", "in different AWS partitions (aws, aws-cn)"),
        ("reader_role_arn", "", "Enter a reader role too"),
        ("permissions_boundary_arn", "arn:aws:iam::123456789012:role/x", "This is not a policy ARN"),
        ("passed_roles", "shop-* <b>", "is not a pattern of role names"),
        ("regions", ",", "Enter at least one region"),
    ],
)
def test_bad_input_is_refused_by_the_field(page: Client, field: str, value: str, complaint: str) -> None:
    answer = page.post("/settings/accounts/new/", {**SHOP, field: value})
    assert answer.status_code == 422
    assert complaint in answer.content.decode()
    assert not Account.objects.filter(removed_at=None).exists()


@pytest.mark.parametrize(
    ("partition", "regions"),
    [("aws-cn", "cn-north-1 cn-northwest-1"), ("aws-us-gov", "us-gov-west-1"), ("aws-eusc", "eusc-de-east-1")],
)
def test_accounts_of_other_partitions_are_added(page: Client, partition: str, regions: str) -> None:
    role = f"arn:{partition}:iam::123456789012:role/ecsdash"
    roles = {"reader_role_arn": role, "writer_role_arn": role}
    assert page.post("/settings/accounts/new/", {**SHOP, **roles, "regions": regions}).status_code == 302
    assert Account.objects.get(alias="shop-prod").writer_role_arn == role


def test_another_writer_role_sets_no_source_identity_before_it_is_tested(page: Client) -> None:
    page.post("/settings/accounts/new/", SHOP)
    Account.objects.update(sets_source_identity=True)
    page.post("/settings/accounts/shop-prod/", {**SHOP, "name": "Shop"})
    assert Account.objects.get(alias="shop-prod").sets_source_identity
    page.post("/settings/accounts/shop-prod/", {**SHOP, "writer_role_arn": "arn:aws:iam::123456789012:role/other"})
    assert not Account.objects.get(alias="shop-prod").sets_source_identity


def test_without_the_audit_row_nothing_is_saved(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**values: object) -> None:
        raise RuntimeError("no audit today")

    monkeypatch.setattr(account_pages, "record", broken)
    with pytest.raises(RuntimeError):
        page.post("/settings/accounts/new/", SHOP)
    assert not Account.objects.filter(removed_at=None).exists()


def test_a_new_account_gets_an_external_id_that_nobody_guesses(page: Client) -> None:
    found = [page.get("/settings/accounts/new/").context["form"].initial["external_id"] for _ in range(2)]
    assert found[0] != found[1]
    assert all(len(each) > 32 for each in found)


def test_what_reaches_an_account_is_tested_when_it_is_added_or_changed(page: Client) -> None:
    assert page.post("/settings/accounts/new/", SHOP).headers["Location"].endswith("/shop-prod/connection/")
    first = ConnectionTest.objects.get().requested_at
    page.post("/settings/accounts/shop-prod/", {**SHOP, "name": "Shop"})
    assert ConnectionTest.objects.get().requested_at == first
    page.post("/settings/accounts/shop-prod/", {**SHOP, "external_id": "another"})
    assert ConnectionTest.objects.get().requested_at > first


def test_the_list_tells_how_each_is_reached(page: Client) -> None:
    page.post("/settings/accounts/new/", SHOP)
    assert "Testing" in page.get("/settings/accounts/").content.decode()
    ConnectionTest.objects.update(error="refused")
    assert "Failed" in page.get("/settings/accounts/").content.decode()
    ConnectionTest.objects.all().delete()
    assert "Not tested" in page.get("/settings/accounts/").content.decode()


def test_the_form_of_a_new_account_has_no_regions_yet(page: Client) -> None:
    assert page.get("/settings/accounts/new/").context["form"]["regions"].value() == ""


def test_an_account_leads_to_its_sweeps(page: Client) -> None:
    page.post("/settings/accounts/new/", SHOP)
    assert 'href="/settings/sweeps/?q=account:shop-prod"' in page.get("/settings/accounts/shop-prod/").content.decode()
    assert page.get("/settings/sweeps/?q=account:shop-prod").status_code == 200
