"""The simulated clock. Nothing in the simulated AWS sleeps: whatever is due is found by comparing with `now()`."""

import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Simulated seconds since the epoch."""


class RunningClock:
    """Starts at the wall clock's time and runs `speed` times as fast."""

    def __init__(self, speed: float = 1.0, start: float | None = None) -> None:
        if speed <= 0:
            raise ValueError("speed must be positive; use SteppedClock for a clock that stands still")
        self.speed = speed
        self._start = time.time() if start is None else start
        self._origin = time.monotonic()

    def now(self) -> float:
        return self._start + (time.monotonic() - self._origin) * self.speed


class SteppedClock:
    """Stands still until `step` moves it."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def step(self, seconds: float) -> float:
        self._now += seconds
        return self._now
