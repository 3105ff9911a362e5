"""The last moment before a request is sent: a write whose time has passed is not sent any more.

A process may be stopped anywhere between its decision to make a call and the first byte of the request, also while it
connects. So the time is looked at where the bytes leave: before each part of the request.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

from ecsdash.aws.errors import TooLate


@dataclass
class Request:
    """A request of this thread. `sent` says whether a part of it may have left."""

    writes: bool
    sent: bool = False


_in_time: ContextVar[Callable[[], bool] | None] = ContextVar("in_time", default=None)
_current: ContextVar[Request | None] = ContextVar("current_request", default=None)


@contextmanager
def only_while(in_time: Callable[[], bool]) -> Iterator[None]:
    """Send the writes of this thread only while `in_time` returns True. It is asked before each part of a request."""
    token = _in_time.set(in_time)
    try:
        yield
    finally:
        _in_time.reset(token)


@contextmanager
def request(*, writes: bool) -> Iterator[Request]:
    current = Request(writes)
    token = _current.set(current)
    try:
        yield current
    finally:
        _current.reset(token)


def guard(client: Any) -> None:
    """Let the connections of a botocore client obey `only_while`. botocore has no hook after the TLS handshake."""
    client._endpoint.http_session._pool_classes_by_scheme.update(http=_Pool, https=_SecurePool)


def _before_part() -> None:
    """Raise TooLate if the request must not leave (any more). Without its last part, a request has no effect."""
    current, in_time = _current.get(), _in_time.get()
    if current is None:
        return
    if current.writes and in_time is not None and not in_time():
        raise TooLate
    current.sent = True


class _Guarded:
    """Mixin: connects before it looks at the time, since that may take long."""

    def send(self, data: Any) -> Any:
        connection: Any = self
        if connection.sock is None:
            connection.connect()
        _before_part()
        return super().send(data)  # type: ignore[misc]  # of the connection


class _Connection(_Guarded, AWSHTTPConnection):  # type: ignore[misc]  # botocore's own bases differ
    """A connection of a guarded client."""


class _SecureConnection(_Guarded, AWSHTTPSConnection):  # type: ignore[misc]  # botocore's own bases differ
    """A TLS connection of a guarded client."""


class _Pool(AWSHTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(AWSHTTPSConnectionPool):
    ConnectionCls = _SecureConnection
