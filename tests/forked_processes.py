"""Processes that are forked from a fork server (tests/fork_server.py), so that they start quickly."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from support import product
from support.environment import clean
from support.processes import Family

from tests import environment
from tests.fork_server import NAME

SECONDS = 90


class Forked:
    """A child of the fork server, with the interface that Family expects of children."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """Return None while it runs. The exit code is not known here; 0 stands for ended."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self, timeout: float | None = None) -> int:
        deadline = time.monotonic() + (SECONDS if timeout is None else timeout)
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or SECONDS)
            time.sleep(0.01)
        return 0


class ForkServer:
    """Client of a fork server that listens at an address, or soon will."""

    def __init__(self, address: Path) -> None:
        self.address = address

    def start(self, family: Family, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a process as a child of the family. Its output goes to the log of its name, as in Family.start."""
        log = family.logs / f"{name}.log"
        request = {"words": list(command), "log": str(log), "environment": dict(environment)}
        family.adopt(name, Forked(int(self.answer(request))))

    def answer(self, request: Mapping[str, Any]) -> bytes:
        with self._connected() as line:
            line.sendall(json.dumps(request).encode() + b"\n")
            with line.makefile("rb") as answer:
                return answer.read()

    def _connected(self) -> socket.socket:
        deadline = time.monotonic() + SECONDS
        while True:
            line = socket.socket(socket.AF_UNIX)
            if not line.connect_ex(str(self.address)):
                return line
            line.close()
            assert time.monotonic() < deadline, f"no fork server listens at {self.address}"
            time.sleep(0.02)


#: The fork server of the whole run, which has imported libraries only.
LIBRARIES: Final = ForkServer(environment.DIRECTORY / "fork-server")


def start_fork_server(family: Family) -> None:
    """Start the fork server of the whole run, as a child of its first process."""
    family.start("fork-server", [sys.executable, "-m", NAME, str(LIBRARIES.address)], clean({}), cwd=product.ROOT)


class ForkedProcesses:
    """Processes of one installation. Their fork server, which has imported the product with the settings of the
    installation, is started on first use and ended by `close` or with the family."""

    def __init__(self, family: Family, name: str, settings: Mapping[str, str]) -> None:
        self.family, self.name, self.settings = family, name, settings
        self.server = ForkServer(family.logs.parent / f"{family.logs.name}-{name}")

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a worker or beat as a child of the family."""
        self._running().start(self.family, name, command, {})

    def manage(self, *arguments: str, **variables: str) -> str:
        """Run a management command and return its output."""
        request = {"words": ["manage.py", *arguments], "environment": variables}
        code, printed = json.loads(self._running().answer(request))
        assert code == 0, printed
        return str(printed)

    def close(self) -> None:
        if self.name in self.family.children:
            self.family.kill(self.name)
            self.server.address.unlink(missing_ok=True)

    def _running(self) -> ForkServer:
        if self.name not in self.family.children:
            command = [NAME, str(self.server.address), "product"]
            LIBRARIES.start(self.family, self.name, command, clean(dict(self.settings)))
        return self.server
