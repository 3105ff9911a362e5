"""Real processes that tests steer: the simulated AWS, Celery workers, the whole product."""

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
from tests.forked_processes import ForkedProcesses

REGION = "eu-central-1"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class Sandbox:
    """The simulated AWS in a process of its own. Its clock stands still unless it is stepped or running."""

    def __init__(self, family: Family, name: str = "sandbox", *, speed: float = 0, estate: str = "empty") -> None:
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._clients: dict[tuple[str, str], Any] = {}
        family.start(name, product.sandbox(self.port, speed=speed, estate=estate), clean({}), cwd=product.ROOT)
        wait_for_port(family, name, self.port)

    def client(self, service: str, region: str = REGION) -> Any:
        """Made once: that takes longer than most calls."""
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
        """Let simulated time pass; answers the time that it is then, in seconds since the epoch."""
        return float(self._door("POST", "step", {"seconds": seconds})["now"])

    def set_fault(self, name: str, **wish: Any) -> None:
        self._door("POST", "faults", {"name": name, **wish})

    def limits(self, **wish: Any) -> None:
        """`buckets=False`: AWS throttles nothing."""
        self._door("POST", "limits", wish)

    def calls(self) -> dict[str, dict[str, int]]:
        """How many calls came in since the last time, and how many of them were throttled."""
        return self._door("POST", "calls", {"reset": True})

    def reset(self) -> None:
        self._door("POST", "reset", {})

    def state(self) -> dict[str, Any]:
        return self._door("GET", "state", None)

    @contextmanager
    def running(self, speed: float = 20) -> Iterator[None]:
        """Time passes by itself, `speed` times as fast as outside, until the block ends."""
        done = threading.Event()

        def pace() -> None:
            while not done.wait(0.05):
                self.step(speed * 0.05)

        pacer = threading.Thread(target=pace)
        pacer.start()
        try:
            yield
        finally:
            done.set()
            pacer.join()

    def _door(self, method: str, door: str, body: object) -> dict[str, Any]:
        connection = HTTPConnection(LOOPBACK, self.port, timeout=30)
        connection.request(method, f"/_sandbox/{door}", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status == 200, text
        return dict(json.loads(text))


class Worker:
    """A real Celery worker on the test's own database, broker and simulated AWS; it can be killed and started again."""

    def __init__(self, family: Family, settings: Mapping[str, str]) -> None:
        self.family, self.forked = family, ForkedProcesses(family, "worker-forked", settings)

    def start(self) -> None:
        self.forked.start("worker", product.worker())

    def kill(self) -> None:
        """SIGKILL to the whole process group."""
        self.family.kill("worker")

    def stop(self) -> None:
        if "worker" in self.family.children:
            self.family.stop("worker")
        self.forked.close()

    @property
    def alive(self) -> bool:
        child = self.family.children.get("worker")
        return child is not None and child.poll() is None


def until(condition: Callable[[], bool], seconds: float = 90) -> None:
    """Wait until it holds. Only for what happens in another process: nothing else can tell us."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not come true within {seconds} seconds"
        time.sleep(0.05)


def product_settings(database: str, redis_url: str, sandbox: Sandbox, **more: str) -> dict[str, str]:
    """The settings (without their prefix) of a product process on one database of this run's PostgreSQL."""
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
    """What a management command printed, run as an installation would run it."""
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
