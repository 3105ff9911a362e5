"""The cache where it is a help, not a need: pages work without it. After an error it is not used for a while."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.core.cache import cache

from ecsdash.outages import REDIS

Result = TypeVar("Result")


def get(key: str) -> Any:
    return _attempt(lambda: cache.get(key))


def set(key: str, value: Any, seconds: int) -> None:  # noqa: A001 named like Django's own
    _attempt(lambda: cache.set(key, value, seconds))


def add(key: str, value: Any, seconds: int) -> bool:
    """Set the key if it is not set. Return whether it was set now."""
    return bool(_attempt(lambda: cache.add(key, value, seconds)))


def get_many(keys: Iterable[str]) -> Mapping[str, Any] | None:
    """Return what is cached; None when the cache does not answer."""
    wanted = list(keys)
    return _attempt(lambda: cache.get_many(wanted))


def set_many(values: Mapping[str, Any], seconds: int) -> None:
    _attempt(lambda: cache.set_many(dict(values), seconds))


def _attempt(call: Callable[[], Result]) -> Result | None:
    if REDIS.away:
        return None
    try:
        result = call()
    except Exception as error:
        REDIS.failed(error)
        return None
    REDIS.answered()
    return result
