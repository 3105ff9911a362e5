"""Many browsers that watch live sections: one thread and bare sockets, for they share the machine with the server."""

import heapq
import random
import selectors
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ecsdash.bench.figures import percentile

SPREAD: Final = 0.1  # as ecsdash.web.polling.fragments spreads the pauses of browsers
IDLE_SECONDS: Final = 15  # half of what the server grants
END_OF_HEAD: Final = b"\r\n\r\n"


@dataclass
class Heard:
    """What a run has answered: seconds of each answer, how many of each status, and how long it all took."""

    took: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, status: int, took: float) -> None:
        self.took.append(took)
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def also(self, other: "Heard") -> None:
        """What a later part of the same run has answered."""
        self.took += other.took
        self.seconds += other.seconds
        for status, number in other.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + number

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds

    @property
    def wrong(self) -> int:
        return sum(number for status, number in self.statuses.items() if status not in (200, 304))

    def milliseconds(self, share: float) -> float:
        return 1000 * percentile(self.took, share)


class Viewer:
    """One section on one kept connection. Like the browser it gives back the tag that it was given last."""

    def __init__(self, port: int, path: str, session: str = "") -> None:
        self.port = port
        words = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nCookie: sessionid={session}\r\n"
        self.head = words.encode()
        self.tag = b""
        self.keeps_tag = False
        self.asked_at = self.heard_at = 0.0
        self._told = b""
        self.socket = self._connect()

    def awake(self) -> socket.socket:
        """Its connection, a new one if the server may soon close it for being idle."""
        if time.perf_counter() - self.heard_at > IDLE_SECONDS:
            self.socket.close()
            self.socket = self._connect()
        return self.socket

    def ask(self, since: float | None = None) -> None:
        """`since` is when it should have asked, if it comes to it only now."""
        self.asked_at = time.perf_counter() if since is None else since
        self._told = b""
        tag = b"HX-PTag: " + self.tag + b"\r\n" if self.tag else b""
        self.socket.sendall(self.head + tag + b"\r\n")

    def hear(self) -> int:
        """The status once the answer is whole, 0 while it is not."""
        got = self.socket.recv(262_144)
        if not got:
            raise ConnectionError("the server closed the connection")
        self._told += got
        head, found, body = self._told.partition(END_OF_HEAD)
        if not found:
            return 0
        status, lower = int(head[9:12]), head.lower()
        if status != 304 and len(body) < int(_value(lower, lower, b"content-length") or 0):
            return 0
        if not self.keeps_tag:
            self.tag = _value(head, lower, b"hx-ptag") or self.tag
        self.heard_at = time.perf_counter()
        return status

    def close(self) -> None:
        self.socket.close()

    def _connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.heard_at = time.perf_counter()
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made


def hammer(viewers: Sequence[Viewer], seconds: float) -> Heard:
    """Each asks again as soon as it is answered."""
    heard = Heard()
    with selectors.DefaultSelector() as ready:
        for viewer in viewers:
            ready.register(viewer.awake(), selectors.EVENT_READ, viewer)
            viewer.ask()
        began = time.perf_counter()
        busy = len(viewers)
        while busy:
            for key, _ in ready.select():
                if not (status := key.data.hear()):
                    continue
                now = time.perf_counter()
                heard.add(status, now - key.data.asked_at)
                if now - began < seconds:
                    key.data.ask()
                else:
                    busy -= 1
        heard.seconds = time.perf_counter() - began
    return heard


def once(viewers: Iterable[Viewer], at_a_time: int = 8) -> Heard:
    """Each asks once, so many at the same time."""
    heard, waiting = Heard(), list(viewers)
    began = time.perf_counter()
    with selectors.DefaultSelector() as ready:
        for viewer in waiting[:at_a_time]:
            ready.register(viewer.awake(), selectors.EVENT_READ, viewer)
            viewer.ask()
        del waiting[:at_a_time]
        while ready.get_map():
            for key, _ in ready.select():
                if not (status := key.data.hear()):
                    continue
                heard.add(status, time.perf_counter() - key.data.asked_at)
                ready.unregister(key.fileobj)
                if waiting:
                    viewer = waiting.pop()
                    ready.register(viewer.awake(), selectors.EVENT_READ, viewer)
                    viewer.ask()
    heard.seconds = time.perf_counter() - began
    return heard


def watch(viewers: Sequence[Viewer], seconds: float, every: float, change: Callable[[], None], pause: float) -> Heard:
    """Each asks every so many seconds, while something changes once in `pause` seconds. An answer's time counts from
    when it was due: a viewer that has to wait because we are late has waited, too."""
    heard, began = Heard(), time.perf_counter()
    due = [(began + random.uniform(0, every), number) for number in range(len(viewers))]  # noqa: S311 spread
    heapq.heapify(due)
    changes_at, end = began + pause, began + seconds
    busy = 0
    with selectors.DefaultSelector() as ready:
        for number, viewer in enumerate(viewers):
            ready.register(viewer.awake(), selectors.EVENT_READ, (number, viewer))
        while due or busy:
            now = time.perf_counter()
            if now >= changes_at and now < end:
                change()
                changes_at += pause
            while due and due[0][0] <= now:
                at, number = heapq.heappop(due)
                if at < end:
                    viewers[number].ask(at)
                    busy += 1
            left = min(due[0][0] if due else now + 1, changes_at) - time.perf_counter()
            for key, _ in ready.select(max(0.0, left)):
                number, viewer = key.data
                if status := viewer.hear():
                    heard.add(status, time.perf_counter() - viewer.asked_at)
                    busy -= 1
                    next_at = viewer.asked_at + every * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 spread
                    heapq.heappush(due, (max(next_at, time.perf_counter()), number))
    heard.seconds = seconds
    return heard


def _value(head: bytes, lower: bytes, name: bytes) -> bytes:
    start = lower.find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    start += len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else None].strip()
