"""Every address of the product, tried by everybody. Made from the URLconf: nothing can be forgotten."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.expectations import EXPECTATIONS, Expect, The
from tests.access.world import build
from tests.cast import Cast

World = dict[str, Any]
Keywords = tuple[str, ...]
PEOPLE = ("anonymous", "outsider", "viewer", "deployer", "operator", "admin")
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|CREATE|ALTER|DROP)\b", re.IGNORECASE)
WRITTEN_BY_READING = ("django_session",)


def routes(patterns: list[Any], namespace: str = "", above: tuple[str, ...] = ()) -> Iterator[tuple[str, Keywords]]:
    """Name and keywords of every route."""
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


@pytest.fixture
def world(cast: Cast, settings: LazySettings) -> World:
    settings.DEMO = True
    return build(cast)


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    assert {"without a line": set(ROUTES) - set(EXPECTATIONS), "without a route": set(EXPECTATIONS) - set(ROUTES)} == {
        "without a line": set(),
        "without a route": set(),
    }


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_everybody_gets_what_the_policy_says(world: World, cast: Cast, name: str, expected: Expect) -> None:
    found = {person: outcome(tried_by(person, cast, world, name, expected), expected) for person in PEOPLE}
    assert found == {person: wanted(person, expected) for person in PEOPLE}


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_a_write_without_the_csrf_token_is_refused(world: World, cast: Cast, name: str, expected: Expect) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.admin)
    assert client.post(address(name, expected, world)).status_code == 403


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_reading_writes_nothing(world: World, cast: Cast, name: str, expected: Expect) -> None:
    client = Client()
    client.force_login(cast.admin)
    written: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql) and not any(table in sql for table in WRITTEN_BY_READING):
            written.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        consume(client.get(address(name, expected, world)))
    assert written == []


def tried_by(person: str, cast: Cast, world: World, name: str, expected: Expect) -> HttpResponseBase:
    """The answer to one person; what the request changed is taken back."""
    client = Client(raise_request_exception=True)
    if person != "anonymous":
        client.force_login(cast.named(person))
    with transaction.atomic():
        data = {key: world[value.name] if isinstance(value, The) else value for key, value in expected.data.items()}
        send = client.post if expected.method == "post" else client.get
        answer = consume(send(address(name, expected, world), data))
        transaction.set_rollback(True)
    return answer


def consume(answer: Any) -> HttpResponseBase:
    """A streamed answer is made while it is read."""
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


def address(name: str, expected: Expect, world: World) -> str:
    values = {key: expected.kwargs.get(key, world.get(key)) for key in ROUTES[name]}
    return reverse(name, kwargs={k: world[v.name] if isinstance(v, The) else v for k, v in values.items()})
