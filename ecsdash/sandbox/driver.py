"""Advances the simulated time: a thread for the running clock, or `step` for the stepped clock."""

import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ecsdash.sandbox.clock import Clock, SteppedClock

Part = Callable[[float], None]
TICK_SECONDS = 0.1
STEP_SECONDS = 1.0


@dataclass
class RecurringJob:
    """A job that a scenario runs at an interval of simulated seconds."""

    every: float
    next_at: float
    do: Callable[[], None]

    def advance(self, now: float) -> None:
        if now >= self.next_at:
            self.next_at = now + self.every
            self.do()


class Driver:
    def __init__(self, clock: Clock, parts: Sequence[Part], lock: threading.RLock) -> None:
        """`parts` are called with the time, in their order."""
        self._clock, self._parts, self._lock = clock, parts, lock
        self.recurring_jobs: list[RecurringJob] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulated-time", daemon=True)

    def start(self) -> None:
        if not isinstance(self._clock, SteppedClock):
            self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def advance(self) -> None:
        with self._lock:
            for part in self._parts:
                part(self._clock.now())
            for job in self.recurring_jobs:
                job.advance(self._clock.now())

    def step(self, seconds: float) -> float:
        """Move a stepped clock one second at a time, so that everything happens in order."""
        if not isinstance(self._clock, SteppedClock):
            raise ValueError("the clock runs by itself")
        with self._lock:
            while seconds > 0:
                self._clock.step(min(seconds, STEP_SECONDS))
                seconds -= STEP_SECONDS
                self.advance()
            return self._clock.now()

    def _run(self) -> None:
        while not self._over.wait(TICK_SECONDS):
            try:
                self.advance()
            except Exception:
                traceback.print_exc()
