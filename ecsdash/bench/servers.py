"""The servers of one bench run: PostgreSQL, Valkey, the simulated AWS and the product's processes, on loopback only."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from django.core.management import call_command
from support import assets, product
from support.environment import clean
from support.errors import UnusableError
from support.processes import LOOPBACK, Family, free_port
from support.servers import Postgres, start_valkey, wait_for_page, wait_for_port

from ecsdash.bench import environment


class BenchServers:
    """The servers of a bench run. The measuring process uses Django with the same database, cache and AWS endpoint."""

    def __init__(self, family: Family, postgres: Postgres) -> None:
        self.family, self.postgres = family, postgres
        self.web_ports: list[int] = []
        self.proxy_port = 0

    @property
    def web_port(self) -> int:
        """The port of the proxy, or of the first web process; 0 before one is started."""
        return self.proxy_port or next(iter(self.web_ports), 0)

    def sandbox(self, scenario: str, *, speed: float = 1) -> str:
        """Start the simulated AWS, with the published request limits. Return its URL."""
        port = environment.SANDBOX_PORT
        self.family.start("sandbox", product.sandbox(port, speed=speed, estate=scenario), clean({}), cwd=product.ROOT)
        wait_for_port(self.family, "sandbox", port)
        while not self.family.last_words("sandbox").startswith("listening on"):  # the scenario is being built
            if self.family.fallen() == "sandbox":
                raise UnusableError(f"the sandbox did not start: {self.family.last_words('sandbox')}")
            time.sleep(0.05)
        return f"http://{LOOPBACK}:{port}"

    def sandbox_admin(self, command: str, body: object) -> dict[str, Any]:
        """Send a command of the simulated AWS itself, such as `step`, `limits` or `faults`. Return its result."""
        connection = HTTPConnection(LOOPBACK, environment.SANDBOX_PORT, timeout=60)
        connection.request("POST", f"/_sandbox/{command}", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        if response.status != 200:
            raise RuntimeError(
                f"the simulated AWS responded to {command} with status {response.status}: {text.decode()}"
            )
        return dict(json.loads(text))

    def start(self, name: str, command: list[str], **more: str) -> int:
        """Start another process of the product. `more` are settings without their prefix. Return the process id."""
        variables = clean({**environment.SETTINGS, **more})
        return self.family.start(name, command, variables, cwd=product.ROOT).pid

    def web(self) -> str:
        """Start a web process. Return its URL."""
        name, port = f"web-{len(self.web_ports)}", free_port()
        self.start(name, product.web(port))
        self.web_ports.append(port)
        address = f"http://{LOOPBACK}:{port}"
        wait_for_page(self.family, name, f"{address}/healthz")
        return address

    def proxy(self, caddy: Path) -> None:
        """Start Caddy in front of the web processes."""
        self.proxy_port = free_port()
        upstreams = " ".join(f"{LOOPBACK}:{port}" for port in self.web_ports)
        site = f"http://{LOOPBACK}:{self.proxy_port} {{\n bind {LOOPBACK}\n reverse_proxy {upstreams}\n}}\n"
        file = environment.DIRECTORY / "Caddyfile"
        file.write_text(f"{{\n admin off\n auto_https off\n persist_config off\n}}\n{site}")
        command = [str(caddy), "run", "--config", str(file), "--adapter", "caddyfile"]
        self.family.start("proxy", command, clean({}), cwd=environment.DIRECTORY)
        wait_for_port(self.family, "proxy", self.proxy_port)

    def worker(self, name: str = "worker") -> None:
        self.start(name, product.worker(name))

    def beat(self) -> None:
        self.start("beat", product.beat())


@contextmanager
def bench_servers() -> Iterator[BenchServers]:
    """Start PostgreSQL with a migrated database and an empty Valkey, and collect the static files. Everything is
    stopped at the end of the block."""
    directory = environment.DIRECTORY
    directory.mkdir(mode=0o755)
    family = Family(directory / "logs")
    try:
        start_valkey(family, directory / "valkey", environment.VALKEY_PORT)
        postgres = make_database(family)
        assets.ensure(product.ROOT, clean(environment.SETTINGS))
        wait_for_port(family, "valkey", environment.VALKEY_PORT)
        yield BenchServers(family, postgres)
    finally:
        family.close()
        shutil.rmtree(directory, ignore_errors=True)


def make_database(family: Family) -> Postgres:
    postgres = Postgres(environment.DIRECTORY / "postgres")
    postgres.start(family)
    postgres.wait(family)
    call_command("migrate", verbosity=0, interactive=False)
    return postgres


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until the condition is true. Raise RuntimeError when that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"the bench timed out after {seconds:g} s")
        time.sleep(0.2)
