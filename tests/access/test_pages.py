"""The settings pages, as an administrator uses them."""

import csv
import re

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from ecsdash.access.models import Grant, Team, User
from ecsdash.access.permissions import Role
from ecsdash.audit.models import AuditEvent
from tests.audit.test_pages import read
from tests.users import PASSWORD, Users, create_grant, make_account


@pytest.fixture
def browser(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def test_settings_show_everybody_what_they_may_do(users: Users) -> None:
    client = Client()
    client.force_login(users.deployer)
    answer = client.get("/settings/")
    assertContains(answer, "web-*")
    assert "/settings/users/" not in answer.content.decode()


def test_an_administrator_finds_people_and_grants(browser: Client) -> None:
    for address in ("/settings/teams/", "/settings/grants/", "/settings/users/"):
        assertContains(browser.get("/settings/"), address)
        assert browser.get(address).status_code == 200


def test_a_team_is_created_filled_and_granted_something(browser: Client, outsider: User) -> None:
    assertRedirects(browser.post("/settings/teams/", {"name": "bank"}), "/settings/teams/bank/")
    browser.post("/settings/teams/bank/members/", {"user": outsider.pk})
    account = make_account("bank", name="Bank", account_id="333333333333")
    form = {"team": Team.objects.get(name="bank").pk, "role": "deployer", "account": account.pk, "region": "*",
            "cluster": "bank", "service": "pay-?"}  # fmt: skip
    assertRedirects(browser.post("/settings/grants/new/", form), "/settings/grants/")
    assertContains(browser.get(f"/settings/users/{outsider.pk}/"), "pay-?")
    actions = list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))
    assert actions == ["create_team", "add_member", "add_grant"]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"role": "viewer"}, "either a team or a user"),
        ({"role": "viewer", "team": "TEAM", "user": "USER"}, "either a team or a user"),
        ({"role": "king", "user": "USER"}, "not one of the available choices"),
        ({"role": "viewer", "user": "USER", "cluster": "a b"}, "Enter a name or a pattern"),
        ({"role": "viewer", "user": "USER", "service": "(.*)+"}, "Enter a name or a pattern"),
        ({"role": "viewer", "user": "USER", "account": "0"}, "not one of the available choices"),
        ({"role": "viewer", "user": "USER", "account": "REMOVED"}, "not one of the available choices"),
    ],
)
def test_a_wrong_grant_is_refused_at_its_field(
    browser: Client, users: Users, wrong: dict[str, str], complaint: str
) -> None:
    known = {"TEAM": str(Team.objects.get().pk), "USER": str(users.viewer.pk)}
    known["REMOVED"] = str(users.outsider.grants.get().account_id)
    everywhere = {"account": "", "region": "*", "cluster": "*", "service": "*"}
    before = Grant.objects.count()
    form = {key: known.get(value, value) for key, value in (everywhere | wrong).items()}
    assertContains(browser.post("/settings/grants/new/", form), complaint, status_code=422)
    assert Grant.objects.count() == before


def test_grants_show_the_short_name_of_the_account(browser: Client, users: Users) -> None:
    make_account("demo", name="Demo", account_id="123456789012")
    assertContains(browser.get("/settings/grants/new/"), "Demo (demo)</option>")
    assertContains(browser.get("/settings/grants/new/"), "All accounts</option>")
    rows = list(csv.DictReader(read(browser.get("/settings/grants/?format=csv&sort=account")).splitlines()))
    assert [row["Account"] for row in rows] == ["demo", "demo", "demo", "elsewhere", "*"]
    assertContains(browser.get("/settings/grants/?q=account:elsewhere"), "removed")
    assertContains(browser.get("/settings/teams/shop/"), "<td>demo")
    assertContains(browser.get(f"/settings/grants/{users.viewer.grants.get().pk}/revoke/"), "Account demo, all regions")
    assert not AuditEvent.objects.filter(action="revoke_grant").exists()
    browser.post(f"/settings/grants/{users.viewer.grants.get().pk}/revoke/")
    assert AuditEvent.objects.get(action="revoke_grant").changes[0]["before"].startswith("viewer on demo/*/*/*;")


def test_revoking_asks_first_and_says_what(browser: Client, viewer: User) -> None:
    address = f"/settings/grants/{viewer.grants.get().pk}/revoke/"
    assertContains(browser.get(address), "Revoke the viewer role of user viewer?")
    assertRedirects(browser.post(address), "/settings/grants/")
    assert not viewer.grants.exists()


def test_revoking_the_last_administrators_grant_is_refused_with_the_reason(browser: Client, admin: User) -> None:
    answer = browser.post(f"/settings/grants/{admin.grants.get().pk}/revoke/")
    assertContains(answer, "This change would leave no administrator", status_code=409)
    assert admin.grants.filter(role=Role.ADMIN).exists()


def test_a_new_user_signs_in_with_the_password_shown_once(browser: Client) -> None:
    answer = browser.post("/settings/users/new/", {"username": "newcomer", "name": "New Comer"})
    shown = re.search(r">([\w-]{16})<", answer.content.decode())
    assert shown
    assert "no-store" in answer["Cache-Control"]
    assert Client().login(username="newcomer", password=shown[1])
    assert shown[1] not in browser.get("/settings/users/").content.decode()


def test_a_name_is_given_once(browser: Client) -> None:
    answer = browser.post("/settings/users/new/", {"username": "VIEWER"})
    assertContains(answer, "A user with this username already exists", status_code=422)


def test_a_deactivated_user_is_out_at_once(browser: Client, users: Users) -> None:
    theirs = Client()
    theirs.force_login(users.viewer)
    assert theirs.get("/settings/").status_code == 200
    browser.post(f"/settings/users/{users.viewer.pk}/deactivate/")
    assert theirs.get("/settings/").status_code == 302
    assert not Client().login(username="viewer", password=PASSWORD)
    browser.post(f"/settings/users/{users.viewer.pk}/activate/")
    assert Client().login(username="viewer", password=PASSWORD)


def test_resetting_a_password_ends_open_sessions(browser: Client, users: Users) -> None:
    theirs = Client()
    theirs.force_login(users.viewer)
    browser.post(f"/settings/users/{users.viewer.pk}/password/")
    assert theirs.get("/settings/").status_code == 302
    assert not Client().login(username="viewer", password=PASSWORD)


def test_a_team_is_deleted_with_its_grants(browser: Client) -> None:
    assertContains(browser.get("/settings/teams/shop/delete/"), "The team&#x27;s grants (1) are deleted, and")
    browser.post("/settings/teams/shop/delete/")
    assert not Team.objects.exists()
    assert not Grant.objects.filter(role=Role.DEPLOYER).exists()
    removed = AuditEvent.objects.get(action="delete_team").changes
    assert {"path": "members", "before": ["deployer"], "after": []} in removed


@pytest.mark.parametrize(
    ("address", "above"),
    [("/settings/teams/shop/delete/", ["Settings", "Teams", "shop"]), ("/account/password/change/", ["Settings"])],
)
def test_every_page_of_the_settings_is_below_them(
    browser: Client, users: Users, address: str, above: list[str]
) -> None:
    answer = browser.get(address)
    assert [label for label, _ in answer.context["crumbs"]][:-1] == above
    assertContains(answer, '<a href="/settings/" aria-current="page">')


def test_the_scope_of_a_grant_is_in_words(browser: Client, deployer: User) -> None:
    grant = create_grant(Role.VIEWER, "demo", user=deployer, cluster="Shop-*")
    text = "Account demo, all regions, cluster Shop-*, all services. The permissions end immediately."
    assertContains(browser.get(f"/settings/grants/{grant.pk}/revoke/"), text)
