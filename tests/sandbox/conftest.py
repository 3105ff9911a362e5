"""A whole simulated AWS on a free port, with a clock that only moves when a test steps it."""

from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import boto3
import pytest

from ecsdash.sandbox.world import World

REGION = "eu-central-1"
KEY = "AKIAIOSFODNN7EXAMPLE"


class Sandbox:
    def __init__(self, world: World) -> None:
        self.world = world

    def client(self, service: str, region: str = REGION, **credentials: str) -> Any:
        keys = credentials or {"aws_access_key_id": KEY, "aws_secret_access_key": "none"}
        session = boto3.Session(region_name=region, **keys)  # type: ignore[arg-type]
        return session.client(service, endpoint_url=self.world.url)  # type: ignore[call-overload]

    def step(self, seconds: float) -> None:
        self.world.driver.step(seconds)

    def get(self, host: str, path: str = "/") -> tuple[int, str, dict[str, str]]:
        """(status, body, headers) of a page, asked for as a browser does."""
        connection = HTTPConnection("127.0.0.1", self.world.server.server_port, timeout=5)
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
