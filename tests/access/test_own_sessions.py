"""Sessions: a user's list, ending them, and ending by themselves."""

import time

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains

from ecsdash.access import sessions
from ecsdash.access.models import User, UserSession
from ecsdash.access.session_store import ACTIVE_AT
from ecsdash.audit.models import AuditEvent
from tests.users import PASSWORD, Users

pytestmark = pytest.mark.django_db


def sign_in(name: str, agent: str = "Firefox", address: str = "192.0.2.7") -> Client:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    client.post("/account/login/", {"login": name, "password": PASSWORD})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def unused_for(client: Client, seconds: float) -> None:
    session = client.session
    session[ACTIVE_AT] = time.time() - seconds
    session.save()


def test_the_list_shows_where_one_is_signed_in(users: Users) -> None:
    sign_in("viewer", "Chromium on a train", "2001:db8::1")
    sign_in("operator", "somebody else")
    page = sign_in("viewer").get("/settings/sessions/")
    assertContains(page, "Chromium on a train")
    assertContains(page, "2001:db8::1")
    assertContains(page, "This session", count=1)
    assertNotContains(page, "somebody else")


def test_no_address_of_the_page_holds_a_session_key(users: Users) -> None:
    sign_in("viewer")
    text = sign_in("viewer").get("/settings/sessions/").content.decode()
    assert not any(session.session_key in text for session in UserSession.objects.all())


def test_a_session_is_ended_from_another_one(users: Users) -> None:
    first, second, others = sign_in("viewer"), sign_in("viewer"), sign_in("operator")
    page = second.get("/settings/sessions/")
    digest = next(digest for digest, each in page.context["sessions"] if each.pk == first.session.session_key)
    second.post("/settings/sessions/end/", {"session": digest})
    assert (is_signed_in(first), is_signed_in(second), is_signed_in(others)) == (False, True, True)
    assert AuditEvent.objects.get(code="user.sessions_ended").actor == users.viewer


def test_all_other_sessions_are_ended(users: Users) -> None:
    clients = [sign_in("viewer") for _ in range(3)]
    clients[0].post("/settings/sessions/end/")
    assert [is_signed_in(client) for client in clients] == [True, False, False]


def test_nobody_ends_the_session_of_another(users: Users) -> None:
    theirs, mine = sign_in("operator"), sign_in("viewer")
    digest = theirs.get("/settings/sessions/").context["sessions"][0][0]
    mine.post("/settings/sessions/end/", {"session": digest})
    assert is_signed_in(theirs)


def test_an_administrator_ends_all_sessions_of_a_user(users: Users) -> None:
    theirs, admin = sign_in("viewer"), sign_in("admin")
    admin.post(f"/settings/users/{users.viewer.pk}/sessions/")
    assert (is_signed_in(theirs), is_signed_in(admin)) == (False, True)


def test_a_session_without_use_ends(users: Users, settings: Settings) -> None:
    client = sign_in("viewer")
    unused_for(client, settings.IDLE_SECONDS + 1)
    assert client.get("/settings/")["Location"] == "/account/login/?next=/settings/"
    assert not UserSession.objects.filter(user=users.viewer).exists()
    assert AuditEvent.objects.filter(action="sign_out").exists()


def test_a_session_in_use_does_not_end(users: Users, settings: Settings) -> None:
    client = sign_in("viewer")
    for _ in range(2):
        unused_for(client, settings.IDLE_SECONDS - 5)
        assert is_signed_in(client)
    assert time.time() - client.session[ACTIVE_AT] < 60


def test_polls_are_not_use(users: Users, settings: Settings) -> None:
    client = sign_in("viewer")
    unused_for(client, settings.IDLE_SECONDS - 5)
    client.get("/operations/", headers={"HX-Request": "true"})
    assert time.time() - client.session[ACTIVE_AT] > 60
    client.get("/operations/", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert time.time() - client.session[ACTIVE_AT] < 60


@pytest.mark.django_db(transaction=True)
def test_polls_of_an_unused_session_get_no_new_ticket(users: Users, settings: Settings) -> None:
    client = sign_in("viewer")
    assert sessions.fingerprint_of_session(str(client.session.session_key))
    unused_for(client, settings.IDLE_SECONDS + 1)
    assert sessions.fingerprint_of_session(str(client.session.session_key)) == ""


def test_a_generated_password_is_changed_first(users: Users) -> None:
    admin = sign_in("admin")
    page = admin.post(f"/settings/users/{users.viewer.pk}/password/")
    password = page.context["password"]
    client = Client()
    client.post("/account/login/", {"login": "viewer", "password": password})
    assert client.get("/settings/")["Location"] == "/account/password/change/"
    new = "a horse of another colour"
    client.post("/account/password/change/", {"oldpassword": password, "password1": new, "password2": new})
    assert not User.objects.get(username="viewer").must_change_password
    again = Client()
    again.post("/account/login/", {"login": "viewer", "password": new})
    assert is_signed_in(again)


@pytest.mark.parametrize(
    ("password", "complaint"),
    [
        ("short one", "at least 12 characters"),
        ("qwertyuiop123", "too common"),
        ("carolinemiller", "too similar to the username"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(db: None, password: str, complaint: str) -> None:
    user = User.objects.create_user("caroline.miller", password=PASSWORD)
    client = Client()
    client.force_login(user)
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assertContains(client.post("/account/password/change/", form), complaint)


def test_an_administrator_unlocks_a_user(users: Users) -> None:
    for _ in range(6):
        Client().post("/account/login/", {"login": "viewer", "password": "wrong"})
    assert not is_signed_in(sign_in("viewer"))
    admin = sign_in("admin", address="192.0.2.99")
    address = f"/settings/users/{users.viewer.pk}/"
    assertContains(admin.get(address), "Locked")
    admin.post(f"{address}unlock/")
    assertNotContains(admin.get(address), "Locked")
    assert is_signed_in(sign_in("viewer"))
    assert AuditEvent.objects.get(code="user.unlocked").resource_name == "viewer"


def test_another_host_name_does_not_begin_the_count_again(users: Users, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    for number in range(6):
        Client(headers={"Host": f"host{number}"}).post("/account/login/", {"login": "viewer", "password": "wrong"})
    assert not is_signed_in(sign_in("viewer"))
