"""Processes that tests control: the simulated AWS, Celery workers, management commands."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import boto3
from botocore.config import Config
from support import product
from support.environment import clean
from support.processes import LOOPBACK, Family, free_port
from support.servers import wait_for_port

from tests import environment
from tests.fork_server import SANDBOX
from tests.forked_processes import LIBRARIES, ForkedProcesses

REGION = "eu-central-1"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class Sandbox:
    """The simulated AWS in its own process. Its clock stands still unless it is stepped or running."""

    def __init__(self, family: Family, name: str = "sandbox", *, speed: float = 0, scenario: str = "empty") -> None:
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._clients: dict[tuple[str, str], Any] = {}
        command = product.sandbox(self.port, speed=speed, estate=scenario)
        LIBRARIES.start(family, name, command[command.index(SANDBOX) :], {})
        wait_for_port(family, name, self.port)

    def client(self, service: str, region: str = REGION) -> Any:
        """Return a boto3 client. Clients are cached, because creating them is slow."""
        if (service, region) not in self._clients:
            self._clients[service, region] = self._make_client(service, region)
        return self._clients[service, region]

    def _make_client(self, service: str, region: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}),
        )

    def step(self, seconds: float) -> float:
        """Advance simulated time. Return the new time in seconds since the epoch."""
        return float(self.admin("POST", "step", {"seconds": seconds})["now"])

    def set_fault(self, name: str, **options: Any) -> None:
        self.admin("POST", "faults", {"name": name, **options})

    def calls(self) -> dict[str, dict[str, int]]:
        """Return the numbers of calls and of throttled calls since the last time, by operation."""
        return self.admin("POST", "calls", {"reset": True})

    def reset(self) -> None:
        self.admin("POST", "reset", {})

    def save(self, name: str) -> None:
        """Keep the present state under a name, for `restore`."""
        self.admin("POST", "save", {"name": name})

    def restore(self, name: str) -> None:
        self.admin("POST", "restore", {"name": name})

    def state(self) -> dict[str, Any]:
        return self.admin("GET", "state", None)

    @contextmanager
    def running(self, speed: float = 20) -> Iterator[None]:
        """Advance simulated time `speed` times as fast as real time until the block ends."""
        done = threading.Event()

        def step_time() -> None:
            while not done.wait(0.05):
                self.step(speed * 0.05)

        stepper = threading.Thread(target=step_time)
        stepper.start()
        try:
            yield
        finally:
            done.set()
            stepper.join()

    def admin(self, method: str, command: str, body: object) -> dict[str, Any]:
        """Send a command of the simulated AWS itself. Return its result."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=30)
        connection.request(method, f"/_sandbox/{command}", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        assert response.status == 200, text
        return dict(json.loads(text))


class Worker:
    """A Celery worker with the database, broker and simulated AWS of the test. It can be killed and restarted."""

    def __init__(self, family: Family, settings: Mapping[str, str]) -> None:
        self.family, self.forked = family, ForkedProcesses(family, "worker-forked", settings)

    def start(self) -> None:
        self.forked.start("worker", product.worker())

    def kill(self) -> None:
        """Send SIGKILL to the process group."""
        self.family.kill("worker")

    def stop(self) -> None:
        if "worker" in self.family.children:
            self.family.stop("worker")
        self.forked.close()

    @property
    def alive(self) -> bool:
        child = self.family.children.get("worker")
        return child is not None and child.poll() is None


def until(condition: Callable[[], bool], seconds: float = 90, every: float = 0.05) -> None:
    """Wait until the condition is true. Only for changes in another process, which cannot be awaited otherwise.

    `every` is the pause between two checks in seconds: longer for a check that takes much processor time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not come true within {seconds} seconds"
        time.sleep(every)


def product_settings(database: str, redis_url: str, sandbox: Sandbox, **more: str) -> dict[str, str]:
    """Return the settings (without their prefix) of a product process with a database of this run's PostgreSQL."""
    return {
        "SECRET_KEY": "only-for-tests-" * 4,
        "HTTPS": "false",
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": f"postgres:///{environment.DIRECTORY / 'postgres'}/{database}",
        "REDIS_URL": redis_url,
        "AWS_ENDPOINT_URL": sandbox.url,
        **KEYS,
        **more,
    }


def manage(settings: Mapping[str, str], *arguments: str, **more: str) -> str:
    """Run a management command in its own process. Return what it printed."""
    done = subprocess.run(
        product.manage(*arguments),
        env={**clean(dict(settings)), **more},
        cwd=product.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
