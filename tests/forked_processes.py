"""Processes of an installation, forked from the fork server (tests/fork_server.py), so that they start quickly."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from support import product
from support.environment import clean
from support.processes import Family

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


class ForkedProcesses:
    """Client of the fork server, which is started on first use and ended by `close` or with the family."""

    def __init__(self, family: Family, name: str, settings: Mapping[str, str]) -> None:
        self.family, self.name, self.settings = family, name, settings
        self.address = family.logs.parent / f"{family.logs.name}-{name}"

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a worker or beat as a child of the family."""
        log = self.family.logs / f"{name}.log"
        pid = int(self._request({"words": list(command), "log": str(log)}))
        self.family.adopt(name, Forked(pid))

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run a management command and return its output."""
        words = ["manage.py", *arguments]
        code, printed = json.loads(self._request({"words": words, "environment": environment}))
        assert code == 0, printed
        return str(printed)

    def close(self) -> None:
        if self.name in self.family.children:
            self.family.kill(self.name)
            self.address.unlink(missing_ok=True)

    def _request(self, message: dict[str, Any]) -> bytes:
        if self.name not in self.family.children:
            self._start()
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.address))
            line.sendall(json.dumps(message).encode() + b"\n")
            with line.makefile("rb") as answer:
                return answer.read()

    def _start(self) -> None:
        command = [sys.executable, "-m", "tests.fork_server", str(self.address)]
        self.family.start(self.name, command, clean(dict(self.settings)), cwd=product.ROOT)
        deadline = time.monotonic() + SECONDS
        while not self._is_listening():
            fallen = self.family.fallen() == self.name or time.monotonic() > deadline
            assert not fallen, f"the fork server did not start: {self.family.last_words(self.name)}"
            time.sleep(0.02)

    def _is_listening(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            return line.connect_ex(str(self.address)) == 0
