"""Child processes, each with its own process group, that end with the process that started them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Protocol

LOOPBACK: Final = "127.0.0.1"
SERVERS: Final = {"valkey", "postgres"}
LAUNCHER: Final = str(Path(__file__).with_name("launch.py"))
PATIENCE: Final = 7.0  # seconds between asking a group to end and ending it


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0


def signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return


class Child(Protocol):
    """Interface of a child process, implemented by subprocess.Popen."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...


class Family:
    """The children of this process. If this process is killed, a guard process ends their groups."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.children: dict[str, Child] = {}
        logs.mkdir(parents=True, exist_ok=True)
        for old in logs.glob("*.log"):
            old.unlink()
        guard = [sys.executable, "-S", str(Path(__file__).with_name("guard.py"))]
        self.guard = subprocess.Popen(guard, stdin=subprocess.PIPE, env={}, start_new_session=True)

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        cwd: Path | None = None,
        user: int | None = None,
        group: int | None = None,
        stdin: IO[bytes] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a child whose output goes to `<logs>/<name>.log`.

        It reports itself to the guard before it runs the command. Another user may not be able to read the
        launcher, so of such a child we tell.
        """
        pipe = self._pipe if user is None else None
        launcher = [sys.executable, "-S", "-E", LAUNCHER, str(pipe)] if pipe is not None else []
        with (self.logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                [*launcher, *command],
                pass_fds=[pipe] if pipe is not None else [],
                env=dict(environment),
                cwd=cwd,
                user=user,
                group=group,
                stdin=stdin or subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.children[name] = child
        if pipe is None:
            self._tell_guard(child.pid)
        return child

    def adopt(self, name: str, child: Child) -> None:
        """Add a running child that is the leader of its process group."""
        self.children[name] = child
        self._tell_guard(child.pid)

    def kill(self, name: str) -> None:
        """Kill the process group of one child immediately."""
        child = self.children.pop(name)
        self._end(child)

    def stop(self, *names: str) -> None:
        """Terminate these children; kill those that do not end in time."""
        leaving = {name: self.children.pop(name) for name in names}
        for child in leaving.values():
            signal_group(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for child in leaving.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
            self._end(child)

    def close(self) -> None:
        """Stop all children, the servers last, because the others use them until they end."""
        self.stop(*(name for name in self.children if name not in SERVERS))
        self.stop(*self.children)
        if self.guard.stdin:
            self.guard.stdin.close()  # it ends what an interrupted start left behind
        self.guard.wait()

    def _end(self, child: Child) -> None:
        signal_group(child.pid, signal.SIGKILL)
        child.wait()
        self._tell_guard(-child.pid)

    def fallen(self) -> str | None:
        """Return the name of a child that ended unexpectedly, if any."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def last_words(self, name: str) -> str:
        log = self.logs / f"{name}.log"
        lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        return lines[-1] if lines else "it printed nothing"

    @property
    def _pipe(self) -> int | None:
        return self.guard.stdin.fileno() if self.guard.stdin else None

    def _tell_guard(self, group: int) -> None:
        if self.guard.stdin:
            self.guard.stdin.write(f"{group}\n".encode())
            self.guard.stdin.flush()
