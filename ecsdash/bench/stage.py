"""The servers of one bench run: PostgreSQL, Valkey, the simulated AWS and the product's processes, on loopback only."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

from django.core.management import call_command
from support import assets, product
from support.environment import clean
from support.errors import UnusableError
from support.processes import LOOPBACK, Family, free_port
from support.servers import Postgres, start_valkey, wait_for_page, wait_for_port

from ecsdash.bench import surroundings


class Stage:
    """What a bench run has. The process that measures uses Django on the same database, cache and AWS."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.web_port = 0

    def sandbox(self, estate: str, *, speed: float = 1) -> str:
        """Start the simulated AWS; answers its address. Its request buckets are at their published size."""
        port = surroundings.SANDBOX_PORT
        self.family.start("sandbox", product.sandbox(port, speed=speed, estate=estate), clean({}), cwd=product.ROOT)
        wait_for_port(self.family, "sandbox", port)
        while not self.family.last_words("sandbox").startswith("listening on"):  # the estate is being built
            if self.family.fallen() == "sandbox":
                raise UnusableError(f"the sandbox did not start: {self.family.last_words('sandbox')}")
            time.sleep(0.05)
        return f"http://{LOOPBACK}:{port}"

    def sandbox_door(self, door: str, body: object) -> dict[str, Any]:
        """Ask one of the doors that only the simulated AWS has (`step`, `limits`, `faults` ...)."""
        connection = HTTPConnection(LOOPBACK, surroundings.SANDBOX_PORT, timeout=60)
        connection.request("POST", f"/_sandbox/{door}", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"the simulated AWS answered {answer.status} to {door}: {text.decode()}")
        return dict(json.loads(text))

    def start(self, name: str, command: list[str], **more: str) -> int:
        """Start one more process of the product; `more` are settings without their prefix. Answers its process id."""
        told = clean({**surroundings.PRODUCT, **more})
        return self.family.start(name, command, told, cwd=product.ROOT).pid

    def web(self) -> str:
        """Start the web server; answers its address."""
        self.web_port = free_port()
        self.start("web", product.web(self.web_port))
        address = f"http://{LOOPBACK}:{self.web_port}"
        wait_for_page(self.family, "web", f"{address}/healthz")
        return address

    def worker(self) -> None:
        self.start("worker", product.worker())

    def beat(self) -> None:
        self.start("beat", product.beat())


@contextmanager
def stage() -> Iterator[Stage]:
    """A database with its tables, an empty Valkey and the gathered static files; everything ends with the block."""
    directory = surroundings.DIRECTORY
    directory.mkdir(mode=0o755)
    family = Family(directory / "logs")
    try:
        start_valkey(family, directory / "valkey", surroundings.VALKEY_PORT)
        make_database(family)
        assets.ensure(product.ROOT, clean(surroundings.PRODUCT))
        wait_for_port(family, "valkey", surroundings.VALKEY_PORT)
        yield Stage(family)
    finally:
        family.close()
        shutil.rmtree(directory, ignore_errors=True)


def make_database(family: Family) -> None:
    postgres = Postgres(surroundings.DIRECTORY / "postgres")
    postgres.start(family)
    postgres.wait(family)
    call_command("migrate", verbosity=0, interactive=False)


def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until it is true. Raises RuntimeError when it is not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"the bench waited {seconds:g} s in vain")
        time.sleep(0.2)
