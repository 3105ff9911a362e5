"""Writes the state file at intervals: a forked copy of the process writes, while the original continues to serve.

Writing 100,000 tasks takes seconds; requests wait only for the fork, a few milliseconds.
"""

from __future__ import annotations

import gc
import os
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from ecsdash.sandbox.persistence.state_file import save_state

if TYPE_CHECKING:
    from ecsdash.sandbox.world import World

_TIME_SHARE = 0.1
"""Largest share of the time that is spent on writing."""
_FIRST_OWN_FILE = 3
_MOST_FILES = 65_536


class StateWriter:
    """Saves at intervals and at the end."""

    def __init__(self, world: World, path: Path, every_seconds: float = 15.0) -> None:
        self._world, self._path, self._every = world, path, every_seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="state-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self.write()

    def write(self) -> float:
        """Return how long it took, in seconds."""
        began = time.monotonic()
        with self._world.lock:
            copy = os.fork()
            if not copy:
                self._write_and_exit()
        os.waitpid(copy, 0)
        return time.monotonic() - began

    def _write_and_exit(self) -> None:
        """In the copy: close the sockets, so that no client waits for it, and write nothing but the file."""
        code = 1
        try:
            gc.disable()
            os.closerange(_FIRST_OWN_FILE, _MOST_FILES)
            save_state(self._world, self._path)
            code = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _run(self) -> None:
        wait = self._every
        while not self._stopped.wait(wait):
            wait = max(self._every, self.write() / _TIME_SHARE)
