"""Simulated browsers that poll live sections: one thread with plain sockets, to leave the CPU to the server."""

import heapq
import random
import selectors
import socket
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from ecsdash.bench.figures import percentile

JITTER: Final = 0.1  # of the poll interval, as in ecsdash.web.polling.fragments
IDLE_SECONDS: Final = 15  # half of the keep-alive timeout of the server
END_OF_HEAD: Final = b"\r\n\r\n"


@dataclass
class PollResults:
    """Results of a measurement: seconds of each response, number of each status, duration of the measurement, and
    how often a viewer had to connect again."""

    took: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0
    reconnects: int = 0

    def add(self, status: int, took: float) -> None:
        self.took.append(took)
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def extend(self, other: "PollResults") -> None:
        """Add the results of a later part of the same measurement."""
        self.took += other.took
        self.seconds += other.seconds
        self.reconnects += other.reconnects
        for status, number in other.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + number

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds

    @property
    def errors(self) -> int:
        return sum(number for status, number in self.statuses.items() if status not in (200, 304))

    def milliseconds(self, share: float) -> float:
        return 1000 * percentile(self.took, share)


class Viewer:
    """A browser with one live section on one persistent connection. It sends the tag that it received last."""

    def __init__(self, port: int, path: str, session: str = "") -> None:
        self.port = port
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nCookie: sessionid={session}\r\n"
        self.head = request.encode()
        self.tag = b""
        self.fixed_tag = False
        self.polled_at = self.received_at = 0.0
        self.waiting = False
        self._received = b""
        self.socket = self._connect()

    def open_socket(self) -> socket.socket:
        """Return the connection, or a new one if the server may soon close it because it was idle."""
        if time.perf_counter() - self.received_at > IDLE_SECONDS:
            self.reconnect()
        return self.socket

    def reconnect(self) -> None:
        self.socket.close()
        self.socket = self._connect()

    def send_poll(self, since: float | None = None) -> None:
        """Send a poll. `since` is the time at which it was due, if it is late."""
        self.polled_at = time.perf_counter() if since is None else since
        self._received = b""
        self.waiting = True
        tag = b"HX-PTag: " + self.tag + b"\r\n" if self.tag else b""
        self.socket.sendall(self.head + tag + b"\r\n")

    def receive(self) -> int:
        """Read from the socket. Return the status when the response is complete, 0 before."""
        received = self.socket.recv(262_144)
        if not received:
            raise ConnectionError("the server closed the connection")
        self._received += received
        head, separator, body = self._received.partition(END_OF_HEAD)
        if not separator:
            return 0
        status, lower = int(head[9:12]), head.lower()
        if status != 304 and len(body) < int(_value(lower, lower, b"content-length") or 0):
            return 0
        if not self.fixed_tag:
            self.tag = _value(head, lower, b"hx-ptag") or self.tag
        self.received_at = time.perf_counter()
        self.waiting = False
        return status

    def close(self) -> None:
        self.socket.close()

    def _connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.received_at = time.perf_counter()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


def poll_continuously(viewers: Sequence[Viewer], seconds: float) -> PollResults:
    """Let each viewer poll again as soon as it has its response."""
    results = PollResults()
    with selectors.DefaultSelector() as ready:
        for viewer in viewers:
            ready.register(viewer.open_socket(), selectors.EVENT_READ, viewer)
            viewer.send_poll()
        began = time.perf_counter()
        busy = len(viewers)
        while busy:
            for key, _ in ready.select():
                if not (status := key.data.receive()):
                    continue
                now = time.perf_counter()
                results.add(status, now - key.data.polled_at)
                if now - began < seconds:
                    key.data.send_poll()
                else:
                    busy -= 1
        results.seconds = time.perf_counter() - began
    return results


def poll_once(viewers: Iterable[Viewer], at_a_time: int = 8) -> PollResults:
    """Let each viewer poll once, `at_a_time` of them in parallel."""
    results, waiting = PollResults(), list(viewers)
    began = time.perf_counter()
    with selectors.DefaultSelector() as ready:
        for viewer in waiting[:at_a_time]:
            ready.register(viewer.open_socket(), selectors.EVENT_READ, viewer)
            viewer.send_poll()
        del waiting[:at_a_time]
        while ready.get_map():
            for key, _ in ready.select():
                if not (status := key.data.receive()):
                    continue
                results.add(status, time.perf_counter() - key.data.polled_at)
                ready.unregister(key.fileobj)
                if waiting:
                    viewer = waiting.pop()
                    ready.register(viewer.open_socket(), selectors.EVENT_READ, viewer)
                    viewer.send_poll()
    results.seconds = time.perf_counter() - began
    return results


def poll_at_intervals(
    viewers: Sequence[Viewer], seconds: float, every: float, change: Callable[[], None], pause: float
) -> PollResults:
    """Let each viewer poll every `every` seconds, and call `change` every `pause` seconds. The time of a response
    counts from when the poll was due, so a delay of this process or a lost connection is part of it."""
    results, began = PollResults(), time.perf_counter()
    due = [(began + random.uniform(0, every), number) for number in range(len(viewers))]  # noqa: S311 jitter
    heapq.heapify(due)
    changes_at, end = began + pause, began + seconds
    with selectors.DefaultSelector() as ready:
        for number, viewer in enumerate(viewers):
            ready.register(viewer.open_socket(), selectors.EVENT_READ, number)
        while due or any(viewer.waiting for viewer in viewers):
            now = time.perf_counter()
            if now >= changes_at and now < end:
                change()
                changes_at += pause
            while due and due[0][0] <= now:
                at, number = heapq.heappop(due)
                if at < end:
                    with _reconnecting(ready, viewers[number], number, results):
                        viewers[number].send_poll(at)
            left = min(due[0][0] if due else now + 1, changes_at) - time.perf_counter()
            for key, _ in ready.select(max(0.0, left)):
                viewer, status = viewers[key.data], 0
                with _reconnecting(ready, viewer, key.data, results):
                    status = viewer.receive()
                if status:
                    results.add(status, time.perf_counter() - viewer.polled_at)
                    next_due = viewer.polled_at + every * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 jitter
                    heapq.heappush(due, (max(next_due, time.perf_counter()), key.data))
    results.seconds = seconds
    return results


@contextmanager
def _reconnecting(ready: selectors.BaseSelector, viewer: Viewer, number: int, results: PollResults) -> Generator[None]:
    """Connect again if the server closed the connection, and repeat the poll, as a browser does."""
    try:
        yield
    except ConnectionError:
        results.reconnects += 1
        ready.unregister(viewer.socket)
        viewer.reconnect()
        ready.register(viewer.socket, selectors.EVENT_READ, number)
        if viewer.waiting:
            viewer.send_poll(viewer.polled_at)


def _value(head: bytes, lower: bytes, name: bytes) -> bytes:
    start = lower.find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    start += len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else None].strip()
