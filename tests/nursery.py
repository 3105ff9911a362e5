"""Processes of one installation that start at once: forked from one that has imported the product (tests/mother.py)."""

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
    """A child of the mother, with what `Family` asks of its children."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """None while it runs; the mother knows how it ended."""
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


class Nursery:
    """Starts when it is first asked for something; ends with its family, or by `close`."""

    def __init__(self, family: Family, name: str, settings: Mapping[str, str]) -> None:
        self.family, self.name, self.settings = family, name, settings
        self.address = family.logs.parent / f"{family.logs.name}-{name}"

    def start(self, name: str, command: Sequence[str]) -> None:
        """A worker or beat that runs on as a child of the family."""
        log = self.family.logs / f"{name}.log"
        pid = int(self._asked({"words": list(command), "log": str(log)}))
        self.family.adopt(name, Forked(pid))

    def manage(self, *arguments: str, **environment: str) -> str:
        """What a management command printed."""
        words = ["manage.py", *arguments]
        code, printed = json.loads(self._asked({"words": words, "environment": environment}))
        assert code == 0, printed
        return str(printed)

    def close(self) -> None:
        if self.name in self.family.children:
            self.family.kill(self.name)
            self.address.unlink(missing_ok=True)

    def _asked(self, request: dict[str, Any]) -> bytes:
        if self.name not in self.family.children:
            self._start()
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.address))
            line.sendall(json.dumps(request).encode() + b"\n")
            with line.makefile("rb") as answer:
                return answer.read()

    def _start(self) -> None:
        command = [sys.executable, "-m", "tests.mother", str(self.address)]
        self.family.start(self.name, command, clean(dict(self.settings)), cwd=product.ROOT)
        deadline = time.monotonic() + SECONDS
        while not self._answers():
            fallen = self.family.fallen() == self.name or time.monotonic() > deadline
            assert not fallen, f"the mother did not start: {self.family.last_words(self.name)}"
            time.sleep(0.02)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            return line.connect_ex(str(self.address)) == 0
