"""Data of the demo: secrets, ports, the database and the state of the simulated AWS."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from support.errors import UnusableError
from support.processes import free_port, is_free
from support.product import ROOT
from support.stamp import Stamp, say

MARK: Final = "ecsdash-demo"
ROOM: Final = 64 << 20  # bytes that must be free


class DemoData:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "logs"
        self.link = path / "sign-in-link"

    @contextmanager
    def claimed(self, *, reset: bool) -> Iterator[None]:
        """Lock the directory for this process. `reset` empties it, but only if it is a directory of the demo."""
        mark = self.path / MARK
        if self.path.exists() and any(self.path.iterdir()) and not mark.exists():
            raise UnusableError(f"{self.path} does not contain demo data; choose another directory with --data")
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self.path).free < ROOM:
            raise UnusableError(
                f"the disk of {self.path} is full: the demo needs {ROOM >> 20} MB; choose another with --data"
            )
        with mark.open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UnusableError(f"another demo uses {self.path}; choose another directory with --data") from None
            if reset:
                self._empty()
            yield

    def secret(self, name: str) -> str:
        return self._kept(f"secret-{name}", lambda: secrets.token_urlsafe(48))

    def password(self) -> str:
        """Return ECSDASH_DEMO_PASSWORD or, if unset, a generated password."""
        return os.environ.get("ECSDASH_DEMO_PASSWORD") or self._kept("password", lambda: secrets.token_urlsafe(9))

    def sandbox_port(self) -> int:
        """Return the saved port, so that the addresses of load balancers do not change between starts."""
        port = int(self._kept("sandbox-port", lambda: str(free_port())))
        if is_free(port):
            return port
        (self.path / "sandbox-port").unlink()
        return self.sandbox_port()

    def sandbox_state(self) -> Path:
        """Return the path of the saved state. It holds pickled objects, so it is deleted when the code has changed."""
        state = self.path / "sandbox.state"
        code = sorted((ROOT / "ecsdash" / "sandbox").rglob("*.py"))
        reader = Stamp(self.path / "sandbox.code", [*code, ROOT / "requirements" / "demo.txt"])
        if not reader.matches():
            if state.exists():
                say("the simulated AWS starts again: its saved state is from another version")
                state.unlink()
            reader.write()
        return state

    def needs_migration(self) -> bool:
        return not self._migrations().matches()

    def note_migrations(self) -> None:
        self._migrations().write()

    def _migrations(self) -> Stamp:
        ours = sorted(ROOT.glob("ecsdash/*/migrations/*.py")) + sorted(ROOT.glob("*/migrations/*.py"))
        return Stamp(self.path / "migrated", [*ours, ROOT / "requirements" / "base.txt"])

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        file = self.path / name
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(make())
        return file.read_text()

    def _empty(self) -> None:
        for entry in self.path.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != MARK:
                entry.unlink()
