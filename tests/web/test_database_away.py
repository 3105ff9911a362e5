"""While the database is not available, pages say so at once, and the health check stays good."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from ecsdash.access.models import User

PAGES = ("/", "/operations/", "/demo/eu-central-1/services/?fragment=services", "/audit/", "/no/such/page/")


@contextmanager
def database_away(error: Exception) -> Iterator[None]:
    def fail(*_: object) -> Any:
        raise error

    with connection.execute_wrapper(fail):
        yield


@pytest.mark.parametrize("error", [OperationalError("secret-host refused"), InterfaceError("closed")])
def test_pages_say_that_the_database_is_not_available(operator: User, error: Exception) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(operator)
    with database_away(error):
        for path in PAGES:
            response = client.get(path)
            assert (response.status_code, response.headers["Retry-After"]) == (503, "2"), path
            text = response.content.decode()
            assert "The database is not available" in text
            assert response.headers["X-Request-ID"] in text
            assert "secret-host" not in text
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").json()["checks"]["database"]["detail"] == "the database does not answer"
    assert client.get("/operations/").status_code == 200


def test_another_error_is_still_a_server_error(operator: User) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(operator)
    with database_away(ValueError("broken")):
        response = client.get("/operations/")
    assert (response.status_code, "Retry-After" in response.headers) == (500, False)
    assert response.headers["X-Request-ID"] in response.content.decode()
