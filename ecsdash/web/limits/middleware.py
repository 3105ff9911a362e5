"""WSGI middleware around Django: clients without a session cannot take what those with one need.

The server has THREADS threads. Requests without a session run in a few of them only, have small bodies that arrive
soon, and each client address has a budget. A session is looked up once and then known for KNOWN_SECONDS.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from ecsdash.web.limits.bodies import BodyLate, BodyReader
from ecsdash.web.limits.budgets import Budgets, Queue, Refused, Slots
from ecsdash.web.polling.tickets import session_digest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

THREADS: Final = 32  # --blocking-threads of the web server: at most 24 for clients without a known session
MOST_URL: Final = 8_000  # characters
WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ALIVE: Final = "/healthz"  # not limited: the supervisor of this process asks it
KNOWN_SECONDS: Final = 300
MOST_KNOWN: Final = 10_000
LATE_COST: Final = 60  # tokens for a body that did not come
SIGNED_IN_BYTES: Final = 2_621_440  # as Django's DATA_UPLOAD_MAX_MEMORY_SIZE
STRANGER_BYTES: Final = 16_384  # the sign-in forms


class RequestLimits:
    """`address_of` returns the client's address, `session_of` the session key (empty without one), `is_signed_in`
    whether the session of a key has a user."""

    def __init__(
        self,
        django: "WSGIApplication",
        address_of: Callable[[Mapping[str, Any]], str],
        session_of: Callable[[Mapping[str, Any]], str],
        is_signed_in: Callable[[str], bool],
    ) -> None:
        self.django = django
        self.address_of, self.session_of, self.is_signed_in = address_of, session_of, is_signed_in
        self.budgets = Budgets(rate=30, burst=300)  # of addresses, for requests without a session
        self.lookups_left = Budgets(rate=30, burst=300)  # of addresses, for sessions to look up
        self.queue = Queue(running=4, waiting=4, seconds=1)
        self.lookups = Queue(running=2, waiting=6, seconds=1)
        self.of_strangers = BodyReader(STRANGER_BYTES, 5, Slots(4, each=2), Slots(4, each=2), Slots(64, each=8))
        self.of_signed_in = BodyReader(SIGNED_IN_BYTES, 30, Slots(4, each=4), Slots(4, each=4), Slots(64, each=32))
        self._known: dict[str, float] = {}  # session digest -> until when, monotonic
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] == ALIVE:
            environ["wsgi.input"] = BytesIO()
            return self.django(environ, start)
        try:
            if len(environ["PATH_INFO"]) + len(environ["QUERY_STRING"]) > MOST_URL:
                raise Refused("414 URI Too Long", "The address is too long.")
            address = self.address_of(environ)
            if self._has_user(self.session_of(environ), address):
                environ["wsgi.input"] = BytesIO(_body(environ, self.of_signed_in, address))
                return self.django(environ, start)
            return self._call_for_stranger(environ, start, address)
        except Refused as refused:
            return _refuse(start, refused)

    def _call_for_stranger(self, environ: "WSGIEnvironment", start: "StartResponse", address: str) -> list[bytes]:
        """Return the complete response: then a client that reads slowly holds no thread."""
        if wait := self.budgets.take(address):
            raise Refused("429 Too Many Requests", "Too many requests from your address.", wait)
        try:
            environ["wsgi.input"] = BytesIO(_body(environ, self.of_strangers, address))
        except BodyLate:
            self.budgets.charge(address, LATE_COST)
            raise
        with self.queue.turn(), closing(_Closable(self.django(environ, start))) as response:
            return [b"".join(response.parts)]

    def _has_user(self, session: str, address: str) -> bool:
        """Return whether the session has a user: from memory, or from the database."""
        if not session:
            return False
        digest = session_digest(session)
        if self._known.get(digest, 0.0) > time.monotonic():
            return True
        if wait := self.lookups_left.take(address):
            raise Refused("429 Too Many Requests", "Too many requests from your address.", wait)
        with self.lookups.turn():
            if not self.is_signed_in(session):
                return False
        self._remember(digest)
        return True

    def _remember(self, digest: str) -> None:
        with self._lock:
            while len(self._known) >= MOST_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[digest] = time.monotonic() + KNOWN_SECONDS


@dataclass
class _Closable:
    """A WSGI response, which may have something to close."""

    parts: Iterable[bytes]

    def close(self) -> None:
        if hasattr(self.parts, "close"):
            self.parts.close()


def _body(environ: "WSGIEnvironment", reader: BodyReader, address: str) -> bytes:
    """Return the request's body, nothing for methods that have none. Raise Refused."""
    if environ["REQUEST_METHOD"] in WITHOUT_BODY:
        return b""
    length = environ.get("CONTENT_LENGTH") or "0"
    if environ.get("HTTP_TRANSFER_ENCODING") or not (length.isascii() and length.isdigit()):
        raise Refused("411 Length Required", "The request does not say how long it is.")
    return reader.read(environ["wsgi.input"], int(length), address)


def _refuse(start: "StartResponse", refused: Refused) -> list[bytes]:
    body = f"{refused.text}\n".encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Connection", "close"),
    ]
    start(refused.status, [*headers, ("Retry-After", str(ceil(refused.wait)))] if refused.wait else headers)
    return [body]
