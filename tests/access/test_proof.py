"""Proving again who one is: before grants, before hidden values, before deletes in production."""

from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

from ecsdash.access.models import Grant, User
from ecsdash.audit.models import AuditEvent
from ecsdash.inventory.models import Account
from ecsdash.operations.models import Operation
from tests.access import factors, world
from tests.users import PASSWORD, Users

pytestmark = pytest.mark.django_db
NEW = "/settings/grants/new/"
PROVE = "/account/reauthenticate/"


def long_signed_in(user: User) -> Client:
    """Return a client whose user signed in too long ago."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["proved_at"] = 0
    session.save()
    return client


def asked(address: str) -> str:
    return f"{PROVE}?next={quote(address, safe='')}"


def test_the_form_of_a_grant_asks_first(admin: User) -> None:
    client = long_signed_in(admin)
    assert client.get(NEW)["Location"] == asked(NEW)
    assert client.post(asked(NEW), {"password": "wrong"}).status_code == 200
    assert client.post(asked(NEW), {"password": PASSWORD, "next": NEW})["Location"] == NEW
    assert client.get(NEW).status_code == 200


def test_a_grant_that_was_sent_is_added_after_the_proof(users: Users) -> None:
    client = long_signed_in(users.admin)
    place = {"region": "*", "cluster": "shop", "service": "*"}
    client.post(NEW, {"user": users.outsider.pk, "role": "viewer", **place})
    assert not Grant.objects.filter(cluster="shop", role="viewer").exists()
    client.post(asked(NEW), {"password": PASSWORD, "next": NEW})
    assert Grant.objects.filter(cluster="shop", role="viewer").exists()


def test_a_code_proves_it_too(admin: User) -> None:
    secret = factors.add_app(admin)
    client = long_signed_in(admin)
    client.post("/account/reauthenticate/code/", {"code": factors.code(secret), "next": NEW})
    assert client.get(NEW).status_code == 200


def test_the_way_on_stays_in_the_dashboard(admin: User) -> None:
    client = long_signed_in(admin)
    answer = client.post(PROVE, {"password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    "address",
    ["/settings/sign-in/", "/settings/users/{pk}/password/", "/settings/users/{pk}/second-factor/",
     "/settings/users/{pk}/break-glass/", "/settings/users/{pk}/provider/", "/account/second-factor/app/add/"],
)  # fmt: skip
def test_what_opens_the_dashboard_to_somebody_asks_first(users: Users, address: str) -> None:
    address = address.format(pk=users.viewer.pk)
    assert long_signed_in(users.admin).get(address)["Location"] == asked(address)


def test_a_hidden_value_is_shown_after_the_proof(users: Users) -> None:
    values = world.build(users)
    address = f"/demo/eu-central-1/tasks/{values['task']}/reveal/"
    data = {"place": "/overrides/containerOverrides/web"}
    client = long_signed_in(users.operator)
    script = client.post(address, data, headers={"HX-Request": "true"})
    assert script["HX-Redirect"] == asked(address)
    assert not AuditEvent.objects.filter(action="reveal_value").exists()
    assertContains(client.post(PROVE, {"password": PASSWORD, "next": address}), "revealed-value")
    assert AuditEvent.objects.filter(action="reveal_value").exists()


@pytest.mark.parametrize("environment", ["production", "development"])
def test_a_delete_in_production_asks_first(users: Users, environment: str) -> None:
    world.build(users)
    Account.objects.filter(alias="demo").update(environment=environment)
    client = long_signed_in(users.operator)
    draft = client.post("/demo/eu-central-1/clusters/bank/delete/")["Location"]
    answer = client.post(f"{draft}confirm/", {"name": "bank"})
    assert answer["Location"] == (asked(f"{draft}confirm/") if environment == "production" else answer["Location"])
    assert Operation.objects.filter(action="delete_cluster").exists() == (environment == "development")
