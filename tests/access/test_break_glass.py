"""Break-glass: administrator rights for an hour, with a reason, on every page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from ecsdash.access import policy
from ecsdash.access.models import Grant, Team, User
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.audit.models import AuditEvent
from tests.users import Users, create_grant

pytestmark = pytest.mark.django_db
TAKE, END = "/settings/break-glass/", "/settings/break-glass/end/"
REASON = "checkout answers nothing but 503"


@pytest.fixture
def operator(users: Users) -> User:
    User.objects.filter(pk=users.operator.pk).update(may_break_glass=True)
    return User.objects.get(pk=users.operator.pk)


@pytest.fixture
def browser(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def is_administrator(user: User) -> bool:
    return policy.can(User.objects.get(pk=user.pk), Permission.ADMIN, AccessTarget())


def test_rights_are_taken_with_a_reason_for_an_hour(browser: Client, operator: User) -> None:
    assertContains(browser.post(TAKE, {"reason": "because"}), "at least 10 characters", status_code=422)
    browser.post(TAKE, {"reason": REASON})
    assert is_administrator(operator)
    grant = operator.grants.get(break_glass=True)
    assert grant.expires_at is not None
    assert timedelta(minutes=59) < grant.expires_at - timezone.now() <= timedelta(hours=1)
    event = AuditEvent.objects.get(code="user.break_glass_taken")
    assert (event.actor, event.reason, event.changes[0]["after"]) == (operator, REASON, grant.expires_at.isoformat())


def test_every_page_says_so_until_they_end(browser: Client, operator: User) -> None:
    browser.post(TAKE, {"reason": REASON})
    for address in ("/", "/settings/", "/audit/", "/operations/", "/account/second-factor/"):
        assertContains(browser.get(address), "administrator rights for an emergency")
        assertContains(browser.get(address), REASON)
    Grant.objects.filter(break_glass=True).update(expires_at=timezone.now())
    assertNotContains(browser.get("/"), "emergency")
    assert not is_administrator(operator)


def test_they_can_be_given_back(browser: Client, operator: User) -> None:
    browser.post(TAKE, {"reason": REASON})
    browser.post(END)
    assert not is_administrator(operator)
    assert AuditEvent.objects.filter(code="user.break_glass_ended").exists()


def test_taking_them_twice_does_not_make_them_longer(browser: Client, operator: User) -> None:
    for _ in range(2):
        browser.post(TAKE, {"reason": REASON})
    assert operator.grants.filter(break_glass=True).count() == 1


def test_only_those_who_may_take_them(users: Users) -> None:
    client = Client()
    client.force_login(users.viewer)
    assert client.post(TAKE, {"reason": REASON}).status_code == 404
    assert not is_administrator(users.viewer)


def test_they_cannot_be_made_permanent(browser: Client, operator: User) -> None:
    create_grant("admin", team=Team.objects.create(name="admins"))
    browser.post(TAKE, {"reason": REASON})
    place = {"region": "*", "cluster": "*", "service": "*"}
    answer = browser.post("/settings/grants/new/", {"user": operator.pk, "role": "admin", **place})
    assertContains(answer, "Your own permission for this ends on", status_code=422)
    answer = browser.post("/settings/teams/admins/members/", {"user": operator.pk})
    assertContains(answer, "go beyond your own", status_code=422)
    answer = browser.post(f"/settings/users/{operator.pk}/break-glass/")
    assertContains(answer, "whose rights do not end", status_code=409)
    assert list(operator.grants.filter(role="admin").values_list("break_glass", flat=True)) == [True]
    assert not operator.memberships.exists()


def test_an_administrator_decides_who_may_take_them(users: Users) -> None:
    client = Client()
    client.force_login(users.admin)
    client.post(f"/settings/users/{users.viewer.pk}/break-glass/")
    assert User.objects.get(pk=users.viewer.pk).may_break_glass
    assert AuditEvent.objects.get(code="user.break_glass_allowed").resource_name == "viewer"
