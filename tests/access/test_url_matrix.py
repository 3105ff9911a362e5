"""Every URL of the URLconf, requested by users of every role."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from tests.access.expectations import EXPECTATIONS, Expect, The
from tests.access.world import build
from tests.users import Users, create_users

Keywords = tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    world: dict[str, Any]
    clients: dict[str, Client]


pytestmark = pytest.mark.django_db
PEOPLE = ("anonymous", "outsider", "viewer", "deployer", "operator", "admin")
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|CREATE|ALTER|DROP)\b", re.IGNORECASE)
WRITTEN_BY_READING = ("access_usersession", "mfa_authenticator")  # recovery codes note that they were seen
RECORDED_READS = {"audit:export"}  # a read that is an event of its own


def routes(patterns: list[Any], namespace: str = "", above: tuple[str, ...] = ()) -> Iterator[tuple[str, Keywords]]:
    """Yield the name and the keywords of every route."""
    for pattern in patterns:
        keywords = (*above, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, inner, keywords)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", keywords


ROUTES = dict(routes(get_resolver().url_patterns))
CASES = [
    pytest.param(name, each, id=f"{name}-{number}" if number else name)
    for name, row in EXPECTATIONS.items()
    for number, each in enumerate(row if isinstance(row, list) else [row])
]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Signed-in users and one row of everything, created once; each test rolls its changes back."""
    with django_db_blocker.unblock(), transaction.atomic():
        users = create_users()
        yield Stage(build(users), {person: signed_in(users, person) for person in PEOPLE})
        transaction.set_rollback(True)


def signed_in(users: Users, person: str) -> Client:
    client = Client()
    if person != "anonymous":
        client.force_login(users.named(person))
    return client


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    assert {"without a line": set(ROUTES) - set(EXPECTATIONS), "without a route": set(EXPECTATIONS) - set(ROUTES)} == {
        "without a line": set(),
        "without a route": set(),
    }


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_everybody_gets_what_the_policy_says(stage: Stage, name: str, expected: Expect) -> None:
    found = {person: outcome(tried_by(person, stage, name, expected), expected) for person in PEOPLE}
    assert found == {person: wanted(person, expected) for person in PEOPLE}


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_a_write_without_the_csrf_token_is_refused(stage: Stage, name: str, expected: Expect) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = stage.clients["admin"].cookies
    assert client.post(address(name, expected, stage)).status_code == 403


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_reading_writes_nothing(stage: Stage, name: str, expected: Expect) -> None:
    written: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql) and not any(table in sql for table in WRITTEN_BY_READING):
            written.append(sql)
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        consume(stage.clients["admin"].get(address(name, expected, stage)))
    if name in RECORDED_READS:
        assert len(written) == 1
        assert written[0].startswith('INSERT INTO "audit_auditevent"')
    else:
        assert written == []


def tried_by(person: str, stage: Stage, name: str, expected: Expect) -> HttpResponseBase:
    """Return the response for one user and roll back the changes of the request."""
    client, data = stage.clients[person], {key: meant(value, stage) for key, value in expected.data.items()}
    with transaction.atomic():
        send = client.post if expected.method == "post" else client.get
        answer = consume(send(address(name, expected, stage), data))
        transaction.set_rollback(True)
    return answer


def consume(answer: Any) -> HttpResponseBase:
    """Read a streamed response to its end."""
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer  # type: ignore[no-any-return]


def outcome(answer: HttpResponseBase, expected: Expect) -> str:
    code = answer.status_code
    if code == 302 and answer["Location"].startswith(reverse("account_login")):
        return "sign-in"
    if code in expected.status:
        return "shown"
    return {403: "refused", 404: "hidden"}.get(code, f"status {code}")


def wanted(person: str, expected: Expect) -> str:
    if person in expected.seen_by:
        return "shown"
    if person == "anonymous" and not expected.public:
        return "sign-in"
    return "refused" if person in expected.refused else "hidden"


def address(name: str, expected: Expect, stage: Stage) -> str:
    values = {key: expected.kwargs.get(key, stage.world.get(key)) for key in ROUTES[name]}
    return reverse(name, kwargs={key: meant(value, stage) for key, value in values.items()})


def meant(value: Any, stage: Stage) -> Any:
    return stage.world[value.name] if isinstance(value, The) else value
