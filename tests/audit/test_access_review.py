"""The access review: who has which role, since when, who gave it, when it was last used."""

import csv
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from ecsdash.access.models import Grant, User
from ecsdash.audit.models import AuditEvent, Phase
from ecsdash.audit.record import record
from tests.audit.test_pages import read
from tests.users import Users

pytestmark = pytest.mark.django_db
REVIEW = "/settings/access-review/"


@pytest.fixture
def browser(users: Users) -> Client:
    client = Client()
    client.force_login(users.admin)
    return client


def exported(browser: Client, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(read(browser.get(f"{REVIEW}?format=csv&q={query}")).splitlines()))


def test_it_lists_every_user_with_each_grant(browser: Client, users: Users) -> None:
    Grant.objects.update(created_by=users.admin)
    rows = {row["User"]: row for row in exported(browser)}
    assert set(rows) == {"viewer", "deployer", "operator", "admin", "outsider"}
    deployer = rows["deployer"]
    told = (deployer["Role"], deployer["Scope"], deployer["Through"], deployer["Given by"], deployer["Second factor"])
    assert told == ("deployer", "demo/*/shop/web-*", "team shop", "admin", "no")
    assert deployer["Since"]
    page = browser.get(REVIEW)
    assertContains(page, "demo/*/shop/web-*")
    assertContains(page, "team shop")


def test_the_last_use_is_the_last_change_in_the_scope(browser: Client, users: Users) -> None:
    place: dict[str, Any] = {"account": "demo", "region": "eu-central-1", "cluster": "shop"}
    inside = record(actor=users.deployer, action="deploy", phase=Phase.INTENT, service="web-front", **place)
    record(actor=users.deployer, action="deploy", phase=Phase.INTENT, service="billing", **place)
    record(actor=users.viewer, action="sign_in")
    rows = {row["User"]: row["Last used"] for row in exported(browser)}
    assert rows == {"deployer": inside.at.isoformat(), "viewer": "", "operator": "", "admin": rows["admin"],
                    "outsider": ""}  # fmt: skip


def test_it_finds_users_and_teams(browser: Client) -> None:
    assert {row["User"] for row in exported(browser, "shop")} == {"deployer"}
    page = browser.get(f"{REVIEW}?q=oper")
    assertContains(page, 'id="user-')
    assertNotContains(page, "outsider")


def test_superusers_are_named(browser: Client) -> None:
    User.objects.create_superuser("root")
    assertContains(browser.get(REVIEW), "created on the command line")


def test_the_export_is_recorded(browser: Client) -> None:
    exported(browser, "shop")
    assert AuditEvent.objects.get(code="list.exported").detail["list"] == "access-review"


def test_long_lists_have_pages(browser: Client) -> None:
    for number in range(25):
        user = User.objects.create_user(f"user{number:02}")
        Grant.objects.create(user=user, role="viewer")
    first = browser.get(REVIEW)
    assert len(first.context["reviewed"]) == 20
    second = browser.get(f"{REVIEW}?after={first.context['next']}")
    assert len(second.context["reviewed"]) == 10
    assert second.context["next"] == ""
