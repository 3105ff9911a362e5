"""A cache in the memory of one process, bounded by the bytes that it holds."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

MOST_BYTES: Final = 32 * 1024 * 1024
K = TypeVar("K", bound=Hashable)
Item = TypeVar("Item")


class BoundedCache(Generic[K, Item]):
    """The newest item of each key, as many as fit; the least recently used is dropped first."""

    def __init__(self) -> None:
        self._items: OrderedDict[K, tuple[Item, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def put(self, key: K, item: Item, size: int) -> None:
        """`size` is that of the item in bytes."""
        with self._lock:
            self._drop(key)
            self._items[key] = item, size
            self._bytes += size
            while self._bytes > MOST_BYTES:
                self._drop(next(iter(self._items)))

    def get(self, key: K) -> Item | None:
        with self._lock:
            if key not in self._items:
                return None
            self._items.move_to_end(key)
            return self._items[key][0]

    def _drop(self, key: K) -> None:
        if key in self._items:
            self._bytes -= self._items.pop(key)[1]
