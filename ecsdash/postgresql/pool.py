"""A pool of connections. While the database is not available, callers get an error at once instead of waiting.

A new connection is made by the thread that needs it, so a refused one costs no time. After a failure nobody tries again
for AWAY_SECONDS, and then one thread at a time; the others get the error.
"""

import select
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from psycopg import Connection, Error, OperationalError
from psycopg.pq import TransactionStatus

AWAY_SECONDS: Final = 1.0
FREE_SECONDS: Final = 5.0  # how long a thread waits for a connection while all are in use
IDLE_SECONDS: Final = 600.0  # an unused connection is closed after this


class Pool:
    """Up to `size` connections, made by `connect`."""

    def __init__(self, connect: Callable[[], Connection], size: int) -> None:
        self._connect, self.size = connect, size
        self._idle: deque[tuple[float, Connection]] = deque()
        self._free = threading.BoundedSemaphore(size)
        self._away_since: float | None = None
        self._trying = threading.Lock()

    def take(self) -> Connection:
        """Return a connection that works. Raise OperationalError."""
        if not self._free.acquire(timeout=FREE_SECONDS):
            raise OperationalError(f"all {self.size} connections to the database are in use")
        try:
            return self._take_idle() or self._make()
        except BaseException:
            self._free.release()
            raise

    def give_back(self, connection: Connection) -> None:
        """Keep the connection for the next caller, or close it if it is broken."""
        try:
            if _is_clean(connection):
                self._idle.append((time.monotonic(), connection))
            else:
                connection.close()
            self._close_unused()
        finally:
            self._free.release()

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._idle:
            self._idle.pop()[1].close()

    def _take_idle(self) -> Connection | None:
        """Return the connection that was used last; close those that the server has cut meanwhile."""
        while self._idle:
            try:
                connection = self._idle.pop()[1]
            except IndexError:  # another thread was faster
                return None
            if _answers(connection):
                return connection
            connection.close()
        return None

    def _make(self) -> Connection:
        if self._away_since is None:
            return self._try()
        if time.monotonic() < self._away_since + AWAY_SECONDS or not self._trying.acquire(blocking=False):
            raise OperationalError("the database was not available a moment ago")
        try:
            return self._try()
        finally:
            self._trying.release()

    def _try(self) -> Connection:
        try:
            connection = self._connect()
        except OperationalError:
            self._away_since = time.monotonic()
            raise
        self._away_since = None
        return connection

    def _close_unused(self) -> None:
        oldest = time.monotonic() - IDLE_SECONDS
        while self._idle and self._idle[0][0] < oldest:
            try:
                self._idle.popleft()[1].close()
            except IndexError:
                return


def _answers(connection: Connection) -> bool:
    """Return whether an idle connection still works. The server sends nothing on it unless it is about to close it, so
    only then is a query needed."""
    if connection.closed:
        return False
    ready = select.poll()
    ready.register(connection.fileno(), select.POLLIN)
    if not ready.poll(0):
        return True
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Error:
        return False
    return True


def _is_clean(connection: Connection) -> bool:
    """Return whether the next caller can use the connection. An open transaction is rolled back."""
    if connection.closed or connection.pgconn.transaction_status == TransactionStatus.UNKNOWN:
        return False
    if connection.pgconn.transaction_status != TransactionStatus.IDLE:
        try:
            connection.rollback()
        except Error:
            return False
    return connection.pgconn.transaction_status == TransactionStatus.IDLE
