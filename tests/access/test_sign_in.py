"""Signing in: by password, by the demo's one-time link, and never by signing up."""

from subprocess import CompletedProcess, run

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects
from support import product
from support.environment import clean

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.demo import sign_in_links
from tests.users import PASSWORD

LOGIN = "/account/login/"


@pytest.fixture
def path(viewer: User) -> str:
    return sign_in_links.link(viewer)


def is_signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_a_password_signs_in_and_it_is_audited(viewer: User) -> None:
    client = Client()
    client.post(LOGIN, {"login": "viewer", "password": PASSWORD})
    assert is_signed_in(client)
    event = AuditEvent.objects.get()
    assert (event.action, event.outcome, event.actor) == ("sign_in", "succeeded", viewer)


def test_a_wrong_password_is_audited_without_it(viewer: User) -> None:
    client = Client()
    client.post(LOGIN, {"login": "viewer", "password": "wrong"})
    assert not is_signed_in(client)
    event = AuditEvent.objects.get()
    assert (event.outcome, event.actor, event.actor_name) == ("failed", None, "viewer")


def test_a_password_typed_as_the_name_is_not_kept(viewer: User) -> None:
    Client().post(LOGIN, {"login": "my secret", "password": "x"})
    assert AuditEvent.objects.get().actor_name == "unknown user"


def test_nobody_signs_up(db: None) -> None:
    form = {"username": "me", "password1": PASSWORD, "password2": PASSWORD}
    Client().post("/account/signup/", form)
    assert not User.objects.exists()


def test_a_link_signs_in_by_a_button(path: str, viewer: User) -> None:
    client = Client()
    assertContains(client.get(path), "Sign in")
    assert not is_signed_in(client)
    assertRedirects(client.post(path), "/", fetch_redirect_response=False)
    assert is_signed_in(client)
    assert AuditEvent.objects.get(action="sign_in_by_link").actor == viewer


def test_a_link_works_once(path: str) -> None:
    Client().post(path)
    second = Client()
    assert second.post(path).status_code == 404
    assert second.get(path).status_code == 404
    assert not is_signed_in(second)


def test_opening_a_link_does_not_use_it_up(path: str) -> None:
    for _ in range(3):
        assert Client().get(path).status_code == 200


def test_a_link_ends_after_ten_minutes(path: str) -> None:
    assert cache.touch(sign_in_links.cache_key(token_of(path)), 0)
    assert Client().post(path).status_code == 404


def test_a_link_of_a_deactivated_user_is_void(path: str, viewer: User) -> None:
    User.objects.update(is_active=False)
    assert Client().post(path).status_code == 404


def test_links_exist_in_the_demo_only() -> None:
    asked = "from django.urls import resolve; print(resolve('/sign-in/token/').view_name)"
    assert "demo:sign_in_link" in shell(asked, DEMO="true", HTTPS="false").stdout
    assert "Resolver404" in shell(asked, DEMO="false").stderr


def test_the_cache_holds_no_token(path: str) -> None:
    assert token_of(path) not in sign_in_links.cache_key(token_of(path))
    assert cache.get(sign_in_links.cache_key(token_of(path)))


def token_of(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def shell(code: str, **settings: str) -> CompletedProcess[str]:
    """Run Python in the product's Django with these settings."""
    variables = clean({"SECRET_KEY": "only-for-tests-" * 4, "DATABASE_URL": "sqlite:///:memory:", **settings})
    return run(product.manage("shell", "--command", code), env=variables, capture_output=True, text=True, check=False)
