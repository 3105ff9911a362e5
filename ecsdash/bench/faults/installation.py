"""An installation as in production: two workers and two beats, a web server, a reader of events, and their servers."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import connections
from support import product
from support.errors import UnusableError
from support.processes import free_port, signal_group
from support.servers import start_valkey, wait_for_page, wait_for_port

from ecsdash.bench import environment
from ecsdash.bench.servers import BenchServers, wait_until
from ecsdash.postgresql.base import forget_connections
from ecsdash.web import leadership
from ecsdash.web.polling import pubsub

PROCESSES: Final = ("web", "worker-1", "worker-2", "beat-1", "beat-2", "events-1", "events-2")
FEWEST_PROCESSES: Final = ("web", "worker-1", "worker-2", "beat-1", "events-1")
SHORT_LEASE_SECONDS: Final = 4
EXIT_SECONDS: Final = 40.0
TAKEOVER_SECONDS: Final = 60.0


class Installation:
    """`short`: with the fewest processes, a short lease, and few sweeps."""

    def __init__(self, servers: BenchServers, *, short: bool) -> None:
        self.servers, self.family = servers, servers.family
        self.processes = FEWEST_PROCESSES if short else PROCESSES
        self.lease_seconds = SHORT_LEASE_SECONDS if short else settings.OPERATION_LEASE_SECONDS
        self.kills = self.interrupted = 0
        self._settings = {"OPERATION_LEASE_SECONDS": str(self.lease_seconds)}
        if short:
            self._settings |= {f"SWEEP_{name}_SECONDS": "30" for name in ("IN_PROGRESS", "VIEWED", "IDLE")}

    def start(self) -> None:
        with self.database() as database:  # it is killed here, and must keep what it has confirmed
            database.execute("ALTER DATABASE postgres SET synchronous_commit = on")
        connections.close_all()
        forget_connections()
        self.servers.web_ports = [free_port()]
        for name in self.processes:
            self.start_process(name)

    def start_process(self, name: str) -> None:
        commands = {
            "web": product.web(self.servers.web_port),
            "worker": product.worker(name),
            "beat": product.beat(),
            "events": product.events(),
        }
        self.servers.start(name, commands[name.partition("-")[0]], **self._settings)
        if name == "web":
            self.wait_for_web()

    def wait_for_web(self) -> None:
        wait_for_page(self.family, "web", f"http://127.0.0.1:{self.servers.web_port}/healthz")

    def kill_server_process(self) -> None:
        """Kill the processes that answer requests, but not their parent."""
        group = self.family.children["web"].pid
        servers = [pid for pid in _group(group) if pid != group and b"resource_tracker" not in _command(pid)]
        if not servers:
            raise UnusableError("the web server has no process that answers requests")
        for pid in servers:
            os.kill(pid, signal.SIGKILL)

    def kill(self, name: str) -> None:
        self.family.kill(name)

    def kill_worker(self, name: str) -> None:
        """Kill the worker with all its processes. Count the operations that were in the hands of a worker."""
        with self.database() as database:
            claimed = "SELECT count(*) FROM operations_operation WHERE lease_until > now()"
            row = database.execute(claimed).fetchone()
        self.kill(name)
        self.kills += 1
        self.interrupted += row[0] if row else 0

    def terminate(self, name: str) -> float:
        """Send SIGTERM. Return the seconds until the process has ended."""
        child = self.family.children[name]
        began = time.monotonic()
        os.kill(child.pid, signal.SIGTERM)
        child.wait(EXIT_SECONDS)
        took = time.monotonic() - began
        self.family.kill(name)
        return took

    def leader(self, kind: str) -> str:
        """Return the name of the process of this kind that leads now; empty while none does."""
        held: Any = pubsub.connect().get(leadership.key(kind)) or b""
        pid = held.partition(b"-")[0].decode()
        return next((name for name, child in self.family.children.items() if str(child.pid) == pid), "")

    def wait_for_leader(self, kind: str, *, other_than: str = "") -> float:
        """Return the seconds until a process leads, another one than `other_than`."""
        began = time.monotonic()
        wait_until(lambda: self.leader(kind) not in ("", other_than), TAKEOVER_SECONDS)
        return time.monotonic() - began

    @contextmanager
    def stopped(self, name: str) -> Iterator[None]:
        """The process hangs: it neither runs nor closes its connections."""
        group = self.family.children[name].pid
        signal_group(group, signal.SIGSTOP)
        try:
            yield
        finally:
            signal_group(group, signal.SIGCONT)

    @contextmanager
    def without_database(self) -> Iterator[None]:
        self.kill("postgres")
        yield
        self.servers.postgres.start_again(self.family)
        self.servers.postgres.wait(self.family)

    @contextmanager
    def without_broker(self) -> Iterator[None]:
        """It is killed, and is empty when it is back."""
        self.kill("valkey")
        yield
        start_valkey(self.family, environment.DIRECTORY / "valkey", environment.VALKEY_PORT)
        wait_for_port(self.family, "valkey", environment.VALKEY_PORT)

    def cut_connections(self) -> None:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        with self.database() as database:
            database.execute(f"{others} AND backend_type = 'client backend'")

    def database(self) -> psycopg.Connection:
        return psycopg.connect(host=str(environment.DIRECTORY / "postgres"), dbname="postgres", autocommit=True)

    def check(self) -> None:
        """Raise UnusableError when a process has ended that no fault has ended."""
        if name := self.family.fallen():
            raise UnusableError(f"{name} ended: {self.family.last_words(name)}")


def _group(group: int) -> list[int]:
    """Return the processes of a process group."""
    pids = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    return [pid for pid in pids if _process_group(pid) == group]


def _process_group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
