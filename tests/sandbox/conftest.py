"""A whole simulated AWS on a free port, with a clock that only moves when a test steps it."""

import json
import ssl
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPSConnection
from typing import Any

import boto3
import pytest

from ecsdash.sandbox.world import World

REGION = "eu-central-1"
KEY = "AKIAIOSFODNN7EXAMPLE"


SESSION = boto3.Session(aws_access_key_id=KEY, aws_secret_access_key="none")
"""One for all tests: it has read the service models, which takes longer than all the rest."""


class Sandbox:
    def __init__(self, world: World) -> None:
        self.world = world
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str = REGION) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = self.client_as(service, region)
        return self._clients[service, region]

    def client_as(self, service: str, region: str = REGION, **credentials: Any) -> Any:
        return SESSION.client(service, region, endpoint_url=self.world.url, **credentials)  # type: ignore[call-overload]

    def step(self, seconds: float) -> None:
        self.world.driver.step(seconds)

    def admin(self, name: str, /, **params: Any) -> tuple[int, dict[str, Any]]:
        """Return (status, body) of a POST to an admin endpoint."""
        connection = HTTPConnection("127.0.0.1", self.world.server.server_port, timeout=30)
        connection.request("POST", f"/_sandbox/{name}", json.dumps(params), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said: dict[str, Any] = json.loads(answer.read())
        connection.close()
        return answer.status, said

    def get(self, host: str, path: str = "/", *, tls: bool = False) -> tuple[int, str, dict[str, str]]:
        """(status, body, headers) of a page, asked for as a browser does that trusts any certificate."""
        place = ("127.0.0.1", self.world.server.server_port)
        trusting = ssl._create_unverified_context()
        connection = HTTPSConnection(*place, timeout=5, context=trusting) if tls else HTTPConnection(*place, timeout=5)
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body, dict(answer.getheaders())


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    world = World(speed=0)
    world.reset()
    world.start()
    yield Sandbox(world)
    world.stop()
