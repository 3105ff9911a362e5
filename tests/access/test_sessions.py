"""The grants fingerprint of a session, outside of a request."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ecsdash.access import policy
from ecsdash.access.models import Grant, User, UserSession
from ecsdash.access.sessions import fingerprint_of_session
from tests.users import person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann() -> User:
    return person("ann", "viewer", account="demo")


@pytest.fixture
def key(ann: User, client: Client) -> str:
    client.force_login(ann)
    return str(client.session.session_key)


def test_it_is_worth_the_grants_of_its_person(ann: User, key: str) -> None:
    assert fingerprint_of_session(key) == policy.fingerprint(ann)


def test_a_grant_that_is_gone_counts_at_once(key: str) -> None:
    before = fingerprint_of_session(key)
    Grant.objects.all().delete()
    assert fingerprint_of_session(key) not in ("", before)


def locked_out(ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)


def another_password(ann: User) -> None:
    ann.set_password("another one")
    ann.save()


def signed_out(ann: User) -> None:
    UserSession.objects.all().delete()


def run_out(ann: User) -> None:
    UserSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("happens", [locked_out, another_password, signed_out, run_out])
def test_it_is_worth_nothing_once_nobody_is_signed_in_by_it(
    ann: User, key: str, happens: Callable[[User], None]
) -> None:
    happens(ann)
    assert fingerprint_of_session(key) == ""


def test_what_is_no_session_is_worth_nothing() -> None:
    assert (fingerprint_of_session(""), fingerprint_of_session("x" * 32), fingerprint_of_session("'; --")) == (
        "",
        "",
        "",
    )
