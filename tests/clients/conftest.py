"""A fast simulated AWS, and unmodified public ECS clients in their own environment."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from support import install
from support.environment import clean

from ecsdash.sandbox.world import World
from tests.clients.terminal import Terminal
from tests.sandbox import shop as shop_parts
from tests.sandbox.aws import subnets
from tests.sandbox.conftest import REGION, Sandbox

SPEED = 100.0
LIMIT_SECONDS = 120


class Clients:
    """Runs clients as in a shell, with the endpoint and keys in the environment."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._environment = clean({}) | {
            "AWS_ENDPOINT_URL": sandbox.world.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "PATH": f"{install.CLIENTS / 'bin'}:/usr/bin:/bin",
            "TERM": "xterm",
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
        )

    def aws(self, *arguments: str) -> Any:
        """Run the AWS CLI. Return its JSON output."""
        done = self.run("aws", *arguments, "--output", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def terminal(self, *command: str) -> Terminal:
        return Terminal(command, self._environment, LIMIT_SECONDS)

    def network(self) -> tuple[str, str]:
        """Return (subnet, security group)."""
        groups = self.sandbox.client("ec2").describe_security_groups()["SecurityGroups"]
        return subnets(self.sandbox)[0], groups[0]["GroupId"]

    def service(self, name: str) -> Any:
        return self.sandbox.client("ecs").describe_services(cluster="shop", services=[name])["services"][0]


@pytest.fixture(scope="session")
def installed() -> None:
    install.ensure_clients()


@pytest.fixture
def sandbox(installed: None) -> Iterator[Sandbox]:
    world = World(speed=SPEED)
    world.reset()
    world.start()
    yield Sandbox(world)
    world.stop()


@pytest.fixture
def clients(sandbox: Sandbox) -> Clients:
    """The cluster `shop` is empty; `web:1` is registered, and its execution role exists."""
    sandbox.client("ecs").create_cluster(clusterName="shop")
    shop_parts.register(sandbox, "web", "shop/web:1", port=8080)
    return Clients(sandbox)


@pytest.fixture
def shop(sandbox: Sandbox, clients: Clients) -> Clients:
    """The service `web` of two tasks in the cluster `shop`, steady."""
    shop_parts.service(sandbox, "web", count=2)
    waiter = sandbox.client("ecs").get_waiter("services_stable")
    waiter.wait(cluster="shop", services=["web"], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return clients
