"""A pseudo-terminal for an interactive program: reads its output and types keys."""

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CURSOR_POSITION_QUERY = b"\x1b[6n"
_CURSOR_POSITION = b"\x1b[1;1R"


class Terminal:
    def __init__(self, command: Sequence[str], environment: dict[str, str], limit_seconds: float) -> None:
        self._end = time.monotonic() + limit_seconds
        self._master, terminal = pty.openpty()
        self._process = subprocess.Popen(
            command,
            env=environment | {"COLUMNS": "160", "LINES": "50"},
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
        )
        os.close(terminal)
        self._unread = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def until(self, text: str) -> str:
        """Wait for a text. Return the output before it."""
        while text not in self._unread:
            self._read(text)
        shown, _, self._unread = self._unread.partition(text)
        return shown

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def _read(self, awaited: str) -> None:
        ready, _, _ = select.select([self._master], [], [], max(0.0, self._end - time.monotonic()))
        assert ready, f"{awaited!r} was not shown, but: {self._unread}"
        output = os.read(self._master, 65_536)
        if _CURSOR_POSITION_QUERY in output:
            os.write(self._master, _CURSOR_POSITION)
        self._unread += _ESCAPES.sub("", output.decode(errors="replace"))
