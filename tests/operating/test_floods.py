"""Floods by clients without a session, within loopback bounds, on the real web server without a proxy before it."""

import pytest
from django.test import Client
from pytest_django import Settings
from support.processes import Family

from ecsdash.access.models import User
from tests.operating.floods import Viewers, flooded, try_to_sign_in
from tests.operating.web_server import start_web
from tests.users import person

pytestmark = pytest.mark.slow

#: 0.5 s on an idle machine, and longer than 4 s without the limits.
MOST_SECONDS = 3


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def test_viewers_stay_served_while_clients_without_a_session_flood_the_server(
    transactional_db: None, family: Family, settings: Settings
) -> None:
    viewers = [session_of(person(name, "viewer")) for name in ("vera", "olga", "dan")]
    port = start_web(family, settings)
    try:
        people = Viewers(port, viewers, ["/", "/operations/", "/healthz"])
        people.watch(0)
        with flooded(port):
            people.watch(3)
            assert try_to_sign_in(port) == 403  # the form of this client has no CSRF token: Django has read it
    finally:
        family.stop("operating-web")
    assert not people.failures
    assert people.p99 <= MOST_SECONDS, f"{people.p99:.2f} s of {len(people.seconds)} pages"
