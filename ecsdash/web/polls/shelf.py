"""Sections that were rendered once, for everybody with the same rights at the same address."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 32 * 1024 * 1024
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Key:
    """Everything besides the counters that the answer depends on."""

    path: str
    query: str
    rows: str
    rights: str
    gzip: bool


@dataclass(frozen=True, slots=True)
class Section:
    """An answer as it was sent: without anything of the person it was rendered for."""

    tag: str
    content: str
    counters: tuple[tuple[str, int], ...]
    headers: Headers
    body: bytes


class Shelf:
    """The newest section of each key, as many as fit; the one not asked for longest goes first."""

    def __init__(self) -> None:
        self._sections: OrderedDict[Key, Section] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def put(self, key: Key, section: Section) -> None:
        with self._lock:
            self._drop(key)
            self._sections[key] = section
            self._bytes += len(section.body)
            while self._bytes > MOST_BYTES:
                self._drop(next(iter(self._sections)))

    def get(self, key: Key) -> Section | None:
        with self._lock:
            found = self._sections.get(key)
            if found:
                self._sections.move_to_end(key)
            return found

    def _drop(self, key: Key) -> None:
        if gone := self._sections.pop(key, None):
            self._bytes -= len(gone.body)
