"""Change counters as a web process knows them, and the version that is made of some of them."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

FORGET_SECONDS: Final = 300


@dataclass(frozen=True)
class Version:
    """The version of a fragment or table: as long as none of its counters moves, the content stays the same.

    Beside the counters, the content may depend on the viewer's grants and preferences and on the address, but not on
    who the viewer is nor on the time. `extra` is something else that changes slowly: only Django compares it, so a
    change of it is seen up to five minutes late.
    """

    counters: tuple[tuple[str, int], ...]
    extra: str = ""

    @classmethod
    def of(cls, values: Mapping[str, int]) -> "Version":
        return cls(tuple(sorted(values.items())))

    def also(self, extra: str) -> "Version":
        return Version(self.counters, f"{self.extra} {extra}")

    def __str__(self) -> str:
        return ",".join(f"{name}:{value}" for name, value in self.counters) + self.extra


@dataclass(slots=True)
class _Known:
    value: int
    since: float
    used_at: float


class Counters:
    """The newest value of each counter that this process has received. Counters only grow. Times are monotonic.

    After `trusted_until` they may be outdated and must not be used.
    """

    def __init__(self) -> None:
        self.trusted_until = 0.0
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def update(self, values: Mapping[str, int]) -> None:
        """Take over values that were published or read from the database; smaller ones are ignored."""
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

    def unchanged(self, counters: Iterable[tuple[str, int]]) -> bool:
        """Whether all of them still have these values."""
        known = self._known
        return all(name in known and known[name].value == value for name, value in counters)

    def known_before(self, version: Version, began: float) -> bool:
        """Whether the values were known here before `began`: what was read from then on is at least as new."""
        now = time.monotonic()
        before = True
        for name, value in version.counters:
            known = self._known.get(name)
            if known is None:
                self.update({name: value})
                before = False
            else:
                known.used_at = now
                before = before and known.value == value and known.since < began
        return before

    def in_use(self) -> list[str]:
        """Return the counters that pages depended on within FORGET_SECONDS, and forget the others."""
        oldest = time.monotonic() - FORGET_SECONDS
        with self._lock:
            self._known = {name: known for name, known in self._known.items() if known.used_at > oldest}
            return list(self._known)
