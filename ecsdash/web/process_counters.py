"""Counters of this process for `/metrics`, added up with those of all other processes in one hash of Redis.

What is counted is sent every FLUSH_SECONDS. A process that is killed loses what it has not sent, and Redis may start
from zero again: Prometheus expects that of counters.
"""

import json
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from redis.exceptions import RedisError

from ecsdash.web.polling import pubsub

HASH: Final = "ecsdash:counters"
FLUSH_SECONDS: Final = 5.0
log = structlog.get_logger(__name__)
Counter = tuple[str, tuple[tuple[str, str], ...]]  # its name and its labels

_sources: Final[list[Callable[[], Iterable[tuple[Counter, float]]]]] = []
_values: defaultdict[Counter, float] = defaultdict(float)
_lock = threading.Lock()
_flushing_in = 0  # the process whose thread sends them


def counter(name: str, **labels: str) -> Counter:
    return name, tuple(sorted(labels.items()))


def add(name: str, value: float = 1.0, **labels: str) -> None:
    add_all((counter(name, **labels), value))


def add_all(*values: tuple[Counter, float]) -> None:
    with _lock:
        for each, value in values:
            _values[each] += value
    start_flushing()


def add_source(source: Callable[[], Iterable[tuple[Counter, float]]]) -> None:
    """Have `source` called before counters are sent. It returns what it has counted since the last time."""
    _sources.append(source)


def flush() -> None:
    """Send what was counted since the last time. If Redis is not available, it stays for the next time."""
    for source in _sources:
        add_all(*source())
    with _lock:
        sent = dict(_values)
        _values.clear()
    if not sent:
        return
    try:
        with pubsub.connect().pipeline(transaction=False) as pipeline:
            for each, value in sent.items():
                pipeline.hincrbyfloat(HASH, json.dumps(each), value)
            pipeline.execute()
    except (RedisError, OSError) as error:
        log.debug("counters_not_sent", error=str(error))
        add_all(*sent.items())


def read() -> dict[Counter, float]:
    """Return the counters of all processes."""
    flush()
    stored = pubsub.connect().hgetall(HASH)
    return {_counter(field): float(value) for field, value in stored.items()}


def _counter(field: bytes | str) -> Counter:
    name, labels = json.loads(field)
    return name, tuple((key, value) for key, value in labels)


def start_flushing() -> None:
    """Start the thread of this process if it has none: a thread does not survive a fork."""
    global _flushing_in
    if _flushing_in == os.getpid():
        return
    with _lock:
        if _flushing_in == os.getpid():
            return
        _flushing_in = os.getpid()
    threading.Thread(target=_flush_again_and_again, name="counters", daemon=True).start()


def _flush_again_and_again() -> None:
    while True:
        time.sleep(FLUSH_SECONDS)
        flush()
