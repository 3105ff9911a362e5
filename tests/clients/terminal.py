"""A terminal with somebody before it: reads what a program shows, and types."""

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
_WHERE_IS_THE_CURSOR = b"\x1b[6n"
_AT_THE_TOP = b"\x1b[1;1R"


class Terminal:
    def __init__(self, command: Sequence[str], environment: dict[str, str], limit_seconds: float) -> None:
        self._end = time.monotonic() + limit_seconds
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            command, env=environment | {"COLUMNS": "160", "LINES": "50"}, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        self._unread = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def until(self, text: str) -> str:
        """Everything shown up to this text."""
        while text not in self._unread:
            self._read(text)
        shown, _, self._unread = self._unread.partition(text)
        return shown

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def _read(self, awaited: str) -> None:
        ready, _, _ = select.select([self._ours], [], [], max(0.0, self._end - time.monotonic()))
        assert ready, f"{awaited!r} was not shown, but: {self._unread}"
        piece = os.read(self._ours, 65_536)
        if _WHERE_IS_THE_CURSOR in piece:
            os.write(self._ours, _AT_THE_TOP)
        self._unread += _ESCAPES.sub("", piece.decode(errors="replace"))
