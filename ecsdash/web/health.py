"""Readiness checks of `/readyz`. They read stored state only; none of them calls AWS."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, InterfaceError, connection
from redis.exceptions import RedisError

from ecsdash.outages import REDIS
from ecsdash.web import clock, heartbeats
from ecsdash.web.polling import pubsub

CLOCK_SECONDS: Final = 5.0  # by which a process's clock may differ from the database's
Check = Callable[[], None]


class NotReadyError(Exception):
    """The message is public, so it must not contain host names or secrets."""


@dataclass(frozen=True)
class Result:
    ok: bool
    detail: str


CHECKS: Final[dict[str, Check]] = {}
WARNINGS: Final[dict[str, Check]] = {}


def register(name: str, check: Check) -> None:
    """Add a check, a function that raises NotReadyError when something is missing. Other packages add their own."""
    CHECKS[name] = check


def register_warning(name: str, check: Check) -> None:
    """Add a check that is shown but does not decide whether the product is ready."""
    WARNINGS[name] = check


def report() -> dict[str, Result]:
    return {name: _result(check) for name, check in CHECKS.items()}


def processes() -> list[dict[str, object]]:
    """Return the kind of each process, and the seconds since its first and its last heartbeat. Hosts are not public."""
    return [
        {"kind": each.kind, "running_seconds": round(each.running), "last_heartbeat_seconds": round(each.age)}
        for each in _known_processes()
    ]


def warnings() -> dict[str, str]:
    """Return the reasons of the warnings that apply, by name."""
    results = {name: _result(check) for name, check in WARNINGS.items()}
    return {name: result.detail for name, result in results.items() if not result.ok}


def _result(check: Check) -> Result:
    try:
        check()
    except NotReadyError as reason:
        return Result(ok=False, detail=str(reason))
    except (RedisError, OSError):
        return Result(ok=False, detail="the broker does not answer")
    except (DatabaseError, InterfaceError):
        return Result(ok=False, detail="the database does not answer")
    return Result(ok=True, detail="ok")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    try:
        pubsub.connect().ping()
    except (RedisError, OSError) as error:
        REDIS.failed(error)
        raise
    REDIS.answered()


def _clock() -> None:
    seconds = clock.ahead()
    if abs(seconds) > CLOCK_SECONDS:
        raise NotReadyError(f"this process's clock is {_difference(seconds)} the database's")


def _heartbeat(kind: str) -> Check:
    def check() -> None:
        if not any(each.alive for each in heartbeats.processes(kind)):
            raise NotReadyError(f"no heartbeat for {heartbeats.ALIVE_SECONDS:.0f} seconds")

    return check


def _known_processes() -> list[heartbeats.Heartbeat]:
    try:
        return heartbeats.processes()
    except (RedisError, OSError):
        return []  # the check of the broker says so


def _silent_processes() -> None:
    """Name the processes that send no heartbeat although others of their kind may."""
    found = _known_processes()
    number = Counter(each.kind for each in found)
    silent = Counter(each.kind for each in found if not each.alive)
    if silent:
        parts = [f"{silent[kind]} of {number[kind]} {kind} processes" for kind in sorted(silent)]
        raise NotReadyError(f"no heartbeat of {', '.join(parts)}")


def _clocks() -> None:
    differ = [each for each in _known_processes() if each.alive and abs(each.ahead) > CLOCK_SECONDS]
    parts = [f"the clock of a {each.kind} process is {_difference(each.ahead)} the database's" for each in differ]
    if parts:
        raise NotReadyError(", ".join(parts))


def _difference(seconds: float) -> str:
    return f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'}"


register("database", _database)
register("broker", _broker)
register("clock", _clock)
register("worker", _heartbeat("worker"))
register("beat", _heartbeat("beat"))
register_warning("processes", _silent_processes)
register_warning("clocks", _clocks)
