"""Heartbeats of the processes of an installation: each worker, beat and reader of events sends its own.

They are in Redis, with times of Redis's clock. A process that ends regularly removes its own.
"""

import json
import os
import socket
from dataclasses import dataclass
from typing import Any, Final

from django.db import DatabaseError, InterfaceError, connection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from ecsdash.outages import REDIS
from ecsdash.web import clock
from ecsdash.web.polling import pubsub

KEY: Final = "ecsdash:heartbeats"
SEND_SECONDS: Final = 5.0
ALIVE_SECONDS: Final = 20.0  # three heartbeats may be lost
FORGOTTEN_SECONDS: Final = 3600.0
HOST: Final = socket.gethostname()


@dataclass(frozen=True)
class Heartbeat:
    """The last heartbeat of a process. `age` and `running` are seconds: since the heartbeat, since the process's first.
    `ahead`: seconds by which its clock is ahead of the database's."""

    kind: str
    host: str
    pid: int
    age: float
    running: float
    ahead: float

    def __str__(self) -> str:
        return f"{self.kind} {self.pid} on {self.host}"

    @property
    def alive(self) -> bool:
        return self.age <= ALIVE_SECONDS


_started: dict[str, float] = {}


def send(kind: str) -> None:
    """Store the heartbeat of this process."""
    if REDIS.away:
        return
    redis = pubsub.connect()
    try:
        now = _now(redis)
        values = {"started": _started.setdefault(kind, now), "at": now, "ahead": _ahead()}
        redis.hset(KEY, _field(kind), json.dumps(values))
    except (RedisError, OSError) as error:
        REDIS.failed(error)
    else:
        REDIS.answered()


def end(kind: str) -> None:
    """Remove the heartbeat of this process: it ends regularly."""
    try:
        pubsub.connect().hdel(KEY, _field(kind))
    except (RedisError, OSError) as error:
        REDIS.failed(error)


def processes(kind: str = "") -> list[Heartbeat]:
    """Return the heartbeats of all processes of a kind, of all kinds if empty. Raise RedisError."""
    if REDIS.away:
        raise RedisConnectionError("Redis did not answer a moment ago.")
    redis = pubsub.connect()
    now, found = _now(redis), []
    stored: Any = redis.hgetall(KEY)
    for field, value in sorted(stored.items()):
        values, (name, host, pid) = json.loads(value), field.decode().rsplit("|", 2)
        age = now - values["at"]
        if age > FORGOTTEN_SECONDS:
            redis.hdel(KEY, field)
        elif kind in ("", name):
            found.append(Heartbeat(name, host, int(pid), age, now - values["started"], values["ahead"]))
    return found


def is_alive(kind: str) -> bool:
    """Return whether a process of this kind sends heartbeats; False without Redis."""
    try:
        return any(each.alive for each in processes(kind))
    except (RedisError, OSError):
        return False


def _field(kind: str) -> str:
    return f"{kind}|{HOST}|{os.getpid()}"


def _now(redis: Any) -> float:
    seconds, microseconds = redis.time()
    return float(seconds + microseconds / 1_000_000)


def _ahead() -> float:
    try:
        return round(clock.ahead(), 1)
    except (DatabaseError, InterfaceError):
        return 0.0
    finally:
        if not connection.in_atomic_block:
            connection.close()  # nobody else does in the main thread of a worker or of beat
