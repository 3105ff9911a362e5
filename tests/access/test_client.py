"""The client's address, behind proxies and without one."""

from ipaddress import ip_network

import pytest
from django.test import Client
from pytest_django import Settings

from ecsdash.access.client import client_address, limited_address
from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from tests.users import PASSWORD

LOGIN = "/account/login/"
PROXY = "198.51.100.1"


@pytest.fixture
def proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = (ip_network(PROXY), ip_network("198.51.100.16/28"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "192.0.2.7", "203.0.113.9"),  # sent by the client
        (PROXY, "192.0.2.7", "192.0.2.7"),
        (PROXY, "192.0.2.1, 192.0.2.7", "192.0.2.7"),  # the client sent the first one
        (PROXY, "192.0.2.7, 198.51.100.17", "192.0.2.7"),  # two proxies of ours
        (PROXY, "192.0.2.1, nonsense", PROXY),
        (PROXY, "", PROXY),
        (f"::ffff:{PROXY}", "2001:db8::1", "2001:db8::1"),
        ("", "192.0.2.7", ""),
    ],
)
def test_the_client_is_the_last_address_that_is_no_proxy_of_ours(
    proxies: None, peer: str, forwarded: str, client: str
) -> None:
    assert client_address({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}) == client


def test_an_ipv6_network_has_one_budget() -> None:
    first, second = ({"REMOTE_ADDR": f"2001:db8:0:1::{number}"} for number in (1, 2))
    assert limited_address(first) == limited_address(second) != limited_address({"REMOTE_ADDR": "2001:db8:0:2::1"})


def fail_to_sign_in(client_ip: str, times: int) -> None:
    for number in range(times):
        headers = {"X-Forwarded-For": f"192.0.2.200, {client_ip}"}
        Client(REMOTE_ADDR=PROXY).post(LOGIN, {"login": f"guess-{number}", "password": "wrong"}, headers=headers)


def can_sign_in(client_ip: str) -> bool:
    client = Client(REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": client_ip})
    client.post(LOGIN, {"login": "viewer", "password": PASSWORD})
    return client.get("/settings/").status_code == 200


def test_failed_sign_ins_lock_out_their_own_address_and_nobody_else_behind_the_proxy(
    proxies: None, viewer: User
) -> None:
    fail_to_sign_in("192.0.2.66", 12)
    assert AuditEvent.objects.filter(action="sign_in_locked", source_ip="192.0.2.66").exists()
    assert not can_sign_in("192.0.2.66")
    assert can_sign_in("192.0.2.7")
    assert AuditEvent.objects.get(outcome="succeeded").source_ip == "192.0.2.7"


def test_without_a_proxy_of_ours_nobody_pretends_to_use_https(client: Client, settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    settings.TRUSTED_PROXIES = (ip_network(PROXY),)
    pretending = Client(REMOTE_ADDR="203.0.113.9", headers={"X-Forwarded-Proto": "https"})
    assert pretending.get(LOGIN).status_code == 301
    proxied = Client(REMOTE_ADDR=PROXY, headers={"X-Forwarded-Proto": "https"})
    assert proxied.get(LOGIN).status_code == 200


def test_too_many_sign_ins_are_told_when_to_try_again(proxies: None, viewer: User) -> None:
    fail_to_sign_in("192.0.2.66", 30)
    refused = Client(REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": "192.0.2.66"}).post(LOGIN, {"login": "x"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert can_sign_in("192.0.2.7")
