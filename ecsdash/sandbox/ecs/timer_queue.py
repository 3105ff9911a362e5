"""A heap of named timers. Timers are data, so that they can be saved and loaded."""

import heapq
from collections.abc import Callable
from typing import Any

Due = tuple[float, int, str, list[str]]
"""(simulated time, order of arrival, name of the timer, its arguments)"""


class TimerQueue:
    def __init__(self) -> None:
        self._heap: list[Due] = []
        self._arrivals = 0

    def add(self, at: float, kind: str, *arguments: str) -> None:
        self._arrivals += 1
        heapq.heappush(self._heap, (at, self._arrivals, kind, list(arguments)))

    def run_until(self, now: float, handle: Callable[[float, str, list[str]], None]) -> None:
        while self._heap and self._heap[0][0] <= now:
            at, _, kind, arguments = heapq.heappop(self._heap)
            handle(at, kind, arguments)

    def dump(self) -> list[list[Any]]:
        return [list(due) for due in sorted(self._heap)]

    def load(self, entries: list[list[Any]]) -> None:
        self._heap = [(at, order, kind, list(arguments)) for at, order, kind, arguments in entries]
        self._arrivals = max((order for _, order, _, _ in self._heap), default=0)
