"""Readiness checks of `/readyz`. They read stored state only; none of them calls AWS."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from ecsdash.web import best_effort_cache

HEARTBEAT_SECONDS: Final = 20  # beat sends a heartbeat every 5 seconds; three may be lost
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


def warnings() -> dict[str, str]:
    """Return the reasons of the warnings that apply, by name."""
    results = {name: _result(check) for name, check in WARNINGS.items()}
    return {name: result.detail for name, result in results.items() if not result.ok}


def beat(name: str) -> None:
    """Store a heartbeat of the process called `name`."""
    best_effort_cache.set(_heartbeat_key(name), time.time(), HEARTBEAT_SECONDS)


def is_alive(name: str) -> bool:
    """Return whether the process called `name` sent a heartbeat within HEARTBEAT_SECONDS; False without the cache."""
    return best_effort_cache.get(_heartbeat_key(name)) is not None


def _heartbeat_key(name: str) -> str:
    return f"heartbeat:{name}"


def _result(check: Check) -> Result:
    try:
        check()
    except NotReadyError as reason:
        return Result(ok=False, detail=str(reason))
    except RedisError:
        return Result(ok=False, detail="the broker does not answer")
    except DatabaseError:
        return Result(ok=False, detail="the database does not answer")
    return Result(ok=True, detail="ok")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    cache.get(_heartbeat_key("broker"))


def _heartbeat(name: str) -> Check:
    def check() -> None:
        if cache.get(_heartbeat_key(name)) is None:
            raise NotReadyError(f"no heartbeat for {HEARTBEAT_SECONDS} seconds")

    return check


register("database", _database)
register("broker", _broker)
register("worker", _heartbeat("worker"))
register("beat", _heartbeat("beat"))
