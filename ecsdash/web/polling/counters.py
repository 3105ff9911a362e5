"""Change counters as every web process knows them, and the version that is made of some of them."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

FORGET_SECONDS: Final = 300


class Version(str):
    """A version that these counters alone decide: as long as none moves, the content stays as it is.

    Whoever hands one to a live fragment says more: beside the counters the content depends on the viewer's grants,
    the address and the page size only, not on who it is, nor on the time of day.
    """

    counters: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, values: Mapping[str, int]) -> Self:
        counters = tuple(sorted(values.items()))
        version = cls(",".join(f"{name}:{value}" for name, value in counters))
        version.counters = counters
        return version

    def also(self, words: str) -> Self:
        """With something besides that moves slowly: Django alone looks at it, so it is seen up to ten minutes late."""
        version = type(self)(f"{self} {words}")
        version.counters = self.counters
        return version


@dataclass(slots=True)
class _Known:
    value: int
    since: float
    asked_at: float


class Counters:
    """The newest value of each counter that this process has heard of. Counters only grow. Times are monotonic.

    After `trusted_until` they may be wrong, and nobody should ask.
    """

    def __init__(self) -> None:
        self.trusted_until = 0.0
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def hear(self, values: Mapping[str, int]) -> None:
        """Somebody changed these, or they were read from the database."""
        now = time.monotonic()
        with self._lock:
            for name, value in values.items():
                known = self._known.get(name)
                if known is None:
                    self._known[name] = _Known(value, now, now)
                elif value > known.value:
                    known.value, known.since = value, now

    @property
    def trusted(self) -> bool:
        return time.monotonic() < self.trusted_until

    def unmoved(self, counters: Iterable[tuple[str, int]]) -> bool:
        """Whether all of them still have these values."""
        known = self._known
        return all(name in known and known[name].value == value for name, value in counters)

    def settled(self, version: Version, began: float) -> bool:
        """Whether the values were known here before `began`: what was read from then on is at least as new."""
        now = time.monotonic()
        settled = True
        for name, value in version.counters:
            known = self._known.get(name)
            if known is None:
                self.hear({name: value})
                settled = False
            else:
                known.asked_at = now
                settled = settled and known.value == value and known.since < began
        return settled

    def asked_for(self) -> list[str]:
        """The counters that pages have lately depended on; the others are forgotten."""
        oldest = time.monotonic() - FORGET_SECONDS
        with self._lock:
            self._known = {name: known for name, known in self._known.items() if known.asked_at > oldest}
            return list(self._known)
