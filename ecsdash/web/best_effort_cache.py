"""The cache where it is a help, not a need: pages work without it. Errors are logged and count as nothing cached."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import structlog
from django.core.cache import cache

log = structlog.get_logger(__name__)
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
    try:
        return call()
    except Exception as error:
        log.warning("cache_unavailable", error=str(error))
        return None
