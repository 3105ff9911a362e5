"""Request bodies, read completely and within a deadline before a view runs.

The server has no deadline for bodies, and a read cannot be interrupted. Another thread reads, so that the server's own
thread is free again after the deadline. The reader ends when the client closes the connection; until then it holds one
of a limited number of slots.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Final

from ecsdash.web.limits.budgets import BUSY, Refused, Slots

BRIEF_SECONDS: Final = 0.03


class BodyLate(Refused):
    """The client did not send the body, or not in time."""


@dataclass
class BodyReader:
    """Reads bodies of at most `most_bytes` within `seconds`.

    `brief` are the server's threads that wait BRIEF_SECONDS, enough for a body that was sent together with its headers;
    `waits` are those that wait longer. `readers` are the threads that read, also after the deadline.
    """

    most_bytes: int
    seconds: float
    brief: Slots
    waits: Slots
    readers: Slots

    def read(self, stream: IO[bytes], length: int, address: str) -> bytes:
        """Return the body. Raise Refused, or BodyLate if it was not there after BRIEF_SECONDS and cannot be awaited."""
        if length > self.most_bytes:
            raise Refused("413 Content Too Large", f"A request may have at most {self.most_bytes:,} bytes.")
        if not length:
            return b""
        with self.brief.held(address):
            reader = self._start(stream, length, address)
            done = reader.done.wait(BRIEF_SECONDS)
        if not (done or self._wait_longer(reader, address)):
            raise BodyLate("408 Request Timeout", "The request was not received in time.", 1)
        if len(reader.body) < length:
            raise BodyLate("400 Bad Request", "The request is incomplete.")
        return reader.body

    def _start(self, stream: IO[bytes], length: int, address: str) -> "_Reader":
        if not self.readers.acquire(address):
            raise Refused("503 Service Unavailable", BUSY, 1)
        reader = _Reader(stream, length, lambda: self.readers.release(address))
        threading.Thread(target=reader.run, name="body", daemon=True).start()
        return reader

    def _wait_longer(self, reader: "_Reader", address: str) -> bool:
        if not self.waits.acquire(address):
            return False
        try:
            return reader.done.wait(self.seconds)
        finally:
            self.waits.release(address)


@dataclass
class _Reader:
    stream: IO[bytes]
    length: int
    release: Callable[[], None]
    done: threading.Event = field(default_factory=threading.Event)
    body: bytes = b""

    def run(self) -> None:
        try:
            self.body = self.stream.read(self.length)
        except Exception:
            self.body = b""  # the connection broke: the caller sees a body that is too short
        finally:
            self.release()
            self.done.set()
