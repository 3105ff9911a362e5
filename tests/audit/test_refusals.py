"""Refused writes and sign-ins are recorded, at most twice for each person, kind and minute."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client
from pytest_django import Settings

from ecsdash.access.models import User
from ecsdash.audit import refusals
from ecsdash.audit.jobs import refusals as refusals_job
from ecsdash.audit.models import AuditEvent
from tests.users import PASSWORD, Users

pytestmark = pytest.mark.django_db
ADD_MEMBER = "/settings/teams/shop/members/"


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Set the minute that refusals are counted in."""

    def set_to(number: int) -> None:
        monkeypatch.setattr(refusals, "_minute", lambda: number)

    set_to(100)
    refusals._seen.clear()
    return set_to


def as_user(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


def codes() -> list[str]:
    return list(AuditEvent.objects.order_by("seq").values_list("code", flat=True))


def test_a_write_that_does_not_exist_for_this_person_is_recorded(users: Users) -> None:
    assert as_user(users.viewer).post(ADD_MEMBER, {"user": users.viewer.pk}).status_code == 404
    event = AuditEvent.objects.get(code="refusal.not_found")
    assert (event.actor, event.actor_name, event.outcome) == (users.viewer, "viewer", "failed")
    assert event.detail == {"method": "POST", "path": ADD_MEMBER, "route": "settings/teams/<slug:name>/members/"}
    assert event.source_ip == "127.0.0.1"


def test_a_page_that_does_not_exist_is_not_recorded(users: Users) -> None:
    assert as_user(users.viewer).get("/settings/teams/shop/").status_code == 404
    assert "refusal.not_found" not in codes()


def test_a_form_from_another_page_is_recorded_with_the_reason(users: Users) -> None:
    client = as_user(users.admin, enforce_csrf_checks=True)
    assert client.post(ADD_MEMBER, {"user": users.viewer.pk}).status_code == 403
    event = AuditEvent.objects.get(code="refusal.csrf")
    assert (event.actor_name, "CSRF cookie not set" in event.reason) == ("admin", True)


def test_people_who_are_not_signed_in_are_one_person() -> None:
    for address in ("192.0.2.1", "192.0.2.2"):
        Client(enforce_csrf_checks=True, REMOTE_ADDR=address).post("/account/login/", {"login": "a"})
    event = AuditEvent.objects.get()
    assert (event.code, event.actor_name, event.source_ip) == ("refusal.csrf", "anonymous", "192.0.2.1")


def test_a_flood_is_one_event_and_its_count(users: Users, minute: Callable[[int], None]) -> None:
    client = as_user(users.viewer)
    before = AuditEvent.objects.count()
    for _ in range(50):
        client.post(ADD_MEMBER, {})
    assert AuditEvent.objects.count() == before + 1
    refusals_job()
    assert AuditEvent.objects.count() == before + 1  # the minute is not over
    minute(101)
    refusals_job()
    refusals_job()
    last = AuditEvent.objects.order_by("-seq").first()
    assert AuditEvent.objects.count() == before + 2
    assert last
    assert (last.code, last.actor_name) == ("refusal.not_found", "viewer")
    assert last.detail == {"count": 50, "minute": "1970-01-01T01:40Z"}


def test_what_happened_once_has_no_second_event(users: Users, minute: Callable[[int], None]) -> None:
    as_user(users.viewer).post(ADD_MEMBER, {})
    minute(101)
    refusals_job()
    assert codes().count("refusal.not_found") == 1


def test_persons_kinds_and_minutes_are_told_apart(users: Users, minute: Callable[[int], None]) -> None:
    for user in (users.viewer, users.operator):
        as_user(user).post(ADD_MEMBER, {})
    as_user(users.viewer, enforce_csrf_checks=True).post(ADD_MEMBER, {})
    minute(101)
    as_user(users.viewer).post(ADD_MEMBER, {})
    assert codes().count("refusal.not_found") == 3
    assert codes().count("refusal.csrf") == 1


def test_without_redis_the_first_of_a_minute_is_still_recorded(
    users: Users, minute: Callable[[int], None], settings: Settings
) -> None:
    client = as_user(users.viewer)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for _ in range(3):
        assert client.post(ADD_MEMBER, {}).status_code == 404
    assert codes().count("refusal.not_found") == 1


def test_a_refusal_stands_when_it_cannot_be_recorded(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**event: Any) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr("ecsdash.audit.refusals.record", broken)
    assert as_user(users.viewer).post(ADD_MEMBER, {}).status_code == 404


def sign_in(password: str, name: str = "viewer") -> Client:
    client = Client()
    client.post("/account/login/", {"login": name, "password": password})
    return client


def test_a_sign_in_after_too_many_wrong_ones_is_refused_and_recorded(users: Users) -> None:
    for _ in range(6):
        sign_in("wrong")
    client = sign_in(PASSWORD)
    assert "_auth_user_id" not in client.session
    assert codes() == ["user.sign_in", "user.sign_in_locked"]
    locked = AuditEvent.objects.get(code="user.sign_in_locked")
    assert (locked.actor_name, locked.outcome, locked.source_ip) == ("viewer", "failed", "127.0.0.1")


def test_signing_in_and_out_and_a_new_password_are_recorded(users: Users) -> None:
    client = sign_in(PASSWORD)
    new = {"oldpassword": PASSWORD, "password1": "purple monkey dishwasher", "password2": "purple monkey dishwasher"}
    client.post("/account/password/change/", new)
    client.post("/account/logout/")
    assert codes() == ["user.sign_in", "user.password_changed", "user.sign_out"]
    assert "monkey" not in str(list(AuditEvent.objects.values()))


def test_changes_of_second_factors_are_recorded_with_who_made_them(users: Users) -> None:
    request = HttpRequest()
    request.user = users.admin
    for signal in (signals.authenticator_added, signals.authenticator_reset, signals.authenticator_removed):
        signal.send(sender=None, request=request, user=users.viewer, authenticator=Authenticator(type="totp"))
    events = AuditEvent.objects.order_by("seq").values_list("code", "actor__username", "resource_name", "detail__type")
    codes = ("user.mfa_added", "user.mfa_reset", "user.mfa_removed")
    assert list(events) == [(code, "admin", "viewer", "totp") for code in codes]


def test_a_list_that_leaves_the_house_is_recorded(users: Users) -> None:
    answer = as_user(users.admin).get("/settings/users/", {"format": "csv", "q": "status:active"})
    assert answer.status_code == 200
    event = AuditEvent.objects.get(code="list.exported")
    assert event.detail == {"list": "users", "path": "/settings/users/", "filter": "status:active"}
