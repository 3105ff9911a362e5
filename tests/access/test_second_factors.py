"""Second factors: signing in with them, who must have one, losing them."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from pytest_django.asserts import assertContains

from ecsdash.access.changes import By
from ecsdash.access.models import SignInPolicy, User
from ecsdash.access.sign_in_changes import set_policy
from ecsdash.audit.models import AuditEvent
from tests.access import factors
from tests.users import PASSWORD, Users

pytestmark = pytest.mark.django_db
LOGIN, SECOND = "/account/login/", "/account/second-factor/sign-in/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def with_password(user: User) -> Client:
    """Return a client after the user has entered the right password."""
    client = Client()
    client.post(LOGIN, {"login": user.username, "password": PASSWORD})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_an_app_is_added_and_asked_for_at_the_next_sign_in(
    viewer: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = signed_in(viewer)
    page = client.get("/account/second-factor/app/add/")
    secret = page.context["form"].secret
    assertContains(page, "data:image/svg+xml;base64,")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/account/second-factor/app/add/", {"code": factors.code(secret)})
    assert answer["Location"] == "/account/second-factor/codes/"
    again = with_password(viewer)
    assert not is_signed_in(again)
    again.post(SECOND, {"code": factors.code(secret)})
    assert is_signed_in(again)
    assert set(AuditEvent.objects.values_list("code", flat=True)) >= {"user.mfa_added", "user.sign_in"}


def test_a_code_signs_in_once(viewer: User) -> None:
    secret = factors.add_app(viewer)
    for number in range(2):
        client = with_password(viewer)
        client.post(SECOND, {"code": factors.code(secret)})
        assert is_signed_in(client) == (number == 0)


def test_a_wrong_code_signs_nobody_in_and_is_recorded(viewer: User) -> None:
    factors.add_app(viewer)
    client = with_password(viewer)
    assertContains(client.post(SECOND, {"code": "000000"}), "Incorrect code")
    assert not is_signed_in(client)
    event = AuditEvent.objects.get(action="sign_in")
    assert (event.outcome, event.actor_name, event.detail["factor"]) == ("failed", "viewer", "totp")


def test_codes_cannot_be_guessed(viewer: User) -> None:
    secret = factors.add_app(viewer)
    client = with_password(viewer)
    for guess in range(6):
        client.post(SECOND, {"code": f"00000{guess}"})
    client.post(SECOND, {"code": factors.code(secret)})
    assert not is_signed_in(client)


def test_a_recovery_code_signs_in_once(viewer: User) -> None:
    factors.add_app(viewer)
    code = factors.add_recovery_codes(viewer)[0]
    for number in range(2):
        client = with_password(viewer)
        client.post(SECOND, {"code": code})
        assert is_signed_in(client) == (number == 0)


def test_keys_are_encrypted_in_the_database(viewer: User) -> None:
    secret = factors.add_app(viewer)
    factors.add_recovery_codes(viewer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        stored = " ".join(text for (text,) in cursor.fetchall())
    assert secret not in stored
    assert stored.count("gAAAA") == 2


def test_without_the_encryption_key_no_code_fits(viewer: User, settings: Settings) -> None:
    secret = factors.add_app(viewer)
    settings.ENCRYPTION_KEYS = ["another key of the environment"]
    client = with_password(viewer)
    client.post(SECOND, {"code": factors.code(secret)})
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("role", "led"),
    [
        ("", set()),
        ("admin", {"admin"}),
        ("operator", {"admin", "operator"}),
        ("deployer", {"admin", "operator", "deployer"}),
        ("viewer", {"admin", "operator", "deployer", "viewer", "outsider"}),
    ],
)
def test_the_policy_leads_to_the_second_factor(users: Users, role: str, led: set[str]) -> None:
    set_policy(By(None), role)
    found = set()
    for name in ("viewer", "deployer", "operator", "admin", "outsider"):
        answer = signed_in(users.named(name)).get("/settings/")
        if answer.status_code == 302:
            assert answer["Location"] == "/account/second-factor/"
            found.add(name)
    assert found == led


def test_who_has_a_second_factor_passes_the_policy(users: Users) -> None:
    set_policy(By(None), "viewer")
    client = signed_in(users.viewer)
    assertContains(client.get("/account/second-factor/"), "requires a second factor")
    factors.add_recovery_codes(users.viewer)  # alone they are none
    assert not is_signed_in(client)
    factors.add_passkey(users.viewer)
    assert is_signed_in(client)


def test_a_write_does_not_pass_the_policy_either(users: Users) -> None:
    set_policy(By(None), "admin")
    signed_in(users.admin).post("/settings/teams/", {"name": "bank"})
    assert not AuditEvent.objects.filter(action="create_team").exists()


def test_a_script_is_told_to_leave_the_page(users: Users) -> None:
    set_policy(By(None), "admin")
    answer = signed_in(users.admin).get("/settings/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/account/second-factor/")


def test_an_administrator_sets_the_policy(users: Users) -> None:
    client = signed_in(users.admin)
    client.post("/settings/sign-in/", {"role": "operator"})
    assert SignInPolicy.objects.get().role == "operator"
    change = AuditEvent.objects.get(code="sign_in.policy").changes
    assert change == [{"path": "second factor", "before": "nobody", "after": "operator"}]


def test_an_administrator_helps_somebody_who_lost_them(users: Users) -> None:
    factors.add_app(users.viewer)
    theirs = signed_in(users.viewer)
    client = signed_in(users.admin)
    client.post(f"/settings/users/{users.viewer.pk}/second-factor/")
    assert not Authenticator.objects.exists()
    assert not is_signed_in(theirs)
    actions = list(AuditEvent.objects.filter(actor=users.admin).values_list("action", flat=True))
    assert {"reset_second_factor", "end_sessions"} <= set(actions)


def test_a_passkey_is_renamed_and_removed_by_its_owner_only(
    users: Users, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    passkey = factors.add_passkey(users.viewer)
    address = f"/account/second-factor/passkeys/{passkey.pk}/"
    assert signed_in(users.admin).post(f"{address}remove/").status_code == 404
    client = signed_in(users.viewer)
    client.post(f"{address}edit/", {"name": "Blue key"})
    assertContains(client.get("/account/second-factor/"), "Blue key")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}remove/")
    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.filter(code="user.mfa_removed").exists()


def credential(**response: Any) -> str:
    return json.dumps({"id": "YQ", "rawId": "YQ", "type": "public-key", "response": response})


UNREADABLE = [
    "[]", "{}", "null", "1", "{" * 500, '{"id": 1}', credential(), credential(clientDataJSON="e30"),
    '{"id": "a", "rawId": "a", "type": "public-key", "response": []}',
    credential(clientDataJSON="bnVsbA", authenticatorData="AA", signature="AA", userHandle=None),
    credential(clientDataJSON="e30", authenticatorData="A" * 50, signature="AA", userHandle="MTIz"),
    credential(clientDataJSON="e30", attestationObject="AA"),
]  # fmt: skip


def test_no_answer_of_a_passkey_breaks_a_page(users: Users) -> None:
    factors.add_passkey(users.admin)
    inside, halfway, outside = signed_in(users.admin), with_password(users.admin), Client()
    for unreadable in UNREADABLE:
        for client, address in (
            (inside, "/account/second-factor/passkeys/add/"),
            (inside, "/account/reauthenticate/passkey/"),
            (halfway, SECOND),
            (outside, "/account/second-factor/passkeys/sign-in/"),
        ):
            client.get(address, headers={"Accept": "application/json"})
            assert client.post(address, {"credential": unreadable}).status_code in (200, 302, 429), unreadable
    assert not is_signed_in(halfway)
    assert not is_signed_in(outside)
