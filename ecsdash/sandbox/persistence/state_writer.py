"""Keeps the state file up to date: a copy of this process writes it down, while the original goes on answering.

Writing down 100,000 tasks takes seconds; what has to wait for the copy is one fork, a few milliseconds.
"""

from __future__ import annotations

import gc
import os
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from ecsdash.sandbox.persistence import state_file

if TYPE_CHECKING:
    from ecsdash.sandbox.world import World

_SHARE = 0.1
"""At most this share of the time is spent on writing."""
_FIRST_OWN_FILE = 3
_MOST_FILES = 65_536


class Keeper:
    """Saves every now and then, and at the end."""

    def __init__(self, world: World, path: Path, every_seconds: float = 15.0) -> None:
        self._world, self._path, self._every = world, path, every_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="state-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
        self.keep()

    def keep(self) -> float:
        """How long it took, in seconds."""
        began = time.monotonic()
        with self._world.lock:
            copy = os.fork()
            if not copy:
                self._write_and_leave()
        os.waitpid(copy, 0)
        return time.monotonic() - began

    def _write_and_leave(self) -> None:
        """In the copy: it lets go of the sockets, so that nobody waits for it, and touches nothing but the file."""
        code = 1
        try:
            gc.disable()
            os.closerange(_FIRST_OWN_FILE, _MOST_FILES)
            state_file.save(self._world, self._path)
            code = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _run(self) -> None:
        wait = self._every
        while not self._over.wait(wait):
            wait = max(self._every, self.keep() / _SHARE)
