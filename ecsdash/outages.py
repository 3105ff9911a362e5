"""Outages of our own servers, the database and Redis: which errors mean one, and how they are logged.

An outage is one line in the log when it begins and one when it ends, however many requests and jobs fail meanwhile.
"""

import copy
import logging
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TextIO

import structlog
from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

#: Errors of statements that may succeed when they are repeated later: no connection, a deadlock, a full disk.
DATABASE_ERRORS: Final = (OperationalError, InterfaceError)
REDIS_ERRORS: Final = (RedisError, BrokerError)
QUIET_SECONDS: Final = 60.0  # between two lines about the same outage
log = structlog.get_logger(__name__)
if TYPE_CHECKING:
    _StreamHandler = logging.StreamHandler[TextIO]
else:
    _StreamHandler = logging.StreamHandler  # a class of the standard library that cannot be subscripted


class Outage:
    """Whether a server is available. After a failure it counts as away for `seconds`: callers do without it."""

    def __init__(self, server: str, seconds: float) -> None:
        self.server, self.seconds = server, seconds
        self._since: float | None = None
        self._until = 0.0

    @property
    def away(self) -> bool:
        return time.monotonic() < self._until

    def failed(self, error: Exception) -> None:
        now = time.monotonic()
        self._until = now + self.seconds
        if self._since is None:
            self._since = now
            log.warning("server_unavailable", server=self.server, error=type(error).__name__)

    def answered(self) -> None:
        since, self._since, self._until = self._since, None, 0.0
        if since is not None:
            log.warning("server_available", server=self.server, seconds=round(time.monotonic() - since, 1))


#: One for all of Redis in this process: the cache, published changes, and jobs that are sent.
REDIS: Final = Outage("redis", seconds=5.0)


class QuietHandler(_StreamHandler):
    """Writes records to standard error; of an exception that an outage explains one line a minute, no traceback."""

    def __init__(self) -> None:
        super().__init__()
        self._logged: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        shortened = self.shortened(record)
        if shortened is not None:
            super().emit(shortened)

    def shortened(self, record: logging.LogRecord) -> logging.LogRecord | None:
        """Return what to write; None for nothing."""
        server = unavailable_server(record.exc_info[1]) if record.exc_info else ""
        if not server:
            return record
        now = time.monotonic()
        if now < self._logged.get(server, -QUIET_SECONDS) + QUIET_SECONDS:
            return None
        self._logged[server] = now
        line = copy.copy(record)
        line.msg, line.args = f"The {server} is not available: work is repeated when it is back.", ()
        line.exc_info = line.exc_text = None
        return line


def unavailable_server(error: BaseException | None) -> str:
    """Return the server whose outage this exception, or one that caused it, means; empty if it means none."""
    for each in _causes(error):
        if isinstance(each, DATABASE_ERRORS):
            return "database"
        if isinstance(each, REDIS_ERRORS):
            return "broker"
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
