"""Budgets of client addresses, and slots that only some requests may hold at once."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

MOST_ADDRESSES: Final = 10_000
BUSY: Final = "The dashboard is busy. Try again."


class Refused(Exception):
    """The request is not handled: `status` is the response, `wait` the seconds after which it may be tried again."""

    def __init__(self, status: str, text: str, wait: float = 0) -> None:
        super().__init__(text)
        self.status, self.text, self.wait = status, text, wait


class Budgets:
    """A token bucket for each address: `burst` requests at once, then `rate` per second.

    The least recently seen addresses are forgotten, which gives them a full bucket again.
    """

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address -> tokens, when
        self._lock = threading.Lock()

    def take(self, address: str, cost: float = 1.0) -> float:
        """Take tokens. Return 0, or the seconds until there are enough; nothing is taken then."""
        with self._lock:
            tokens = self._tokens(address)
            if tokens < cost:
                return (cost - tokens) / self._rate
            self._store(address, tokens - cost)
            return 0.0

    def charge(self, address: str, cost: float) -> None:
        """Take tokens for what a request turned out to cost; the bucket may go below zero, to minus its burst."""
        with self._lock:
            self._store(address, max(-self._burst, self._tokens(address) - cost))

    def _tokens(self, address: str) -> float:
        now = self._clock()
        tokens, at = self._levels.get(address, (self._burst, now))
        return min(self._burst, tokens + (now - at) * self._rate)

    def _store(self, address: str, tokens: float) -> None:
        self._levels[address] = tokens, self._clock()
        self._levels.move_to_end(address)
        while len(self._levels) > MOST_ADDRESSES:
            self._levels.popitem(last=False)


class Slots:
    """`count` slots, at most `each` of them for one address."""

    def __init__(self, count: int, each: int) -> None:
        self._free, self._each = count, each
        self._held: dict[str, int] = {}
        self._lock = threading.Lock()

    def acquire(self, address: str) -> bool:
        with self._lock:
            held = self._held.get(address, 0)
            if self._free < 1 or held >= self._each:
                return False
            self._free -= 1
            self._held[address] = held + 1
            return True

    @contextmanager
    def held(self, address: str) -> Iterator[None]:
        """Hold a slot while the block runs. Raise Refused when there is none."""
        if not self.acquire(address):
            raise Refused("503 Service Unavailable", BUSY, 1)
        try:
            yield
        finally:
            self.release(address)

    def release(self, address: str) -> None:
        with self._lock:
            self._free += 1
            self._held[address] -= 1
            if not self._held[address]:
                del self._held[address]


class Queue:
    """`running` requests at once; `waiting` more wait up to `seconds` for one of them to end."""

    def __init__(self, running: int, waiting: int, seconds: float) -> None:
        self._running = threading.BoundedSemaphore(running)
        self._waiting = threading.BoundedSemaphore(waiting)
        self._seconds = seconds

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Run the block in the request's turn. Raise Refused when it does not come in time."""
        if not self._enter():
            raise Refused("503 Service Unavailable", BUSY, 1)
        try:
            yield
        finally:
            self._running.release()

    def _enter(self) -> bool:
        if self._running.acquire(blocking=False):
            return True
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._running.acquire(timeout=self._seconds)
        finally:
            self._waiting.release()
