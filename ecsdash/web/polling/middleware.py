"""WSGI middleware before Django: polls with a valid ticket are answered from memory.

A valid ticket whose counters have not moved: 304. Counters that moved: the fragment that was rendered meanwhile for the
same grants, if there is one; otherwise one of the waiting polls lets Django render it. An expired ticket is renewed if
session and grants are the same as before. Django answers everything else.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ecsdash.outages import DATABASE_ERRORS
from ecsdash.web.bounded_cache import BoundedCache
from ecsdash.web.polling.listener import Listener
from ecsdash.web.polling.tickets import VIEW_SECONDS, Binding, Ticket, session_digest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]
RequestKey = tuple[str, str, str, str]  # ticket, cookies, path, query
MOST_VERIFIED: Final = 8192
WAIT_SECONDS: Final = 2.0
CONTEXT: Final = "ecsdash.poll"
#: Headers of Django's response that fragments keep; the others belong to one person or to one moment.
SHARED_HEADERS: Final = frozenset(
    {
        "cache-control",
        "content-encoding",
        "content-security-policy",
        "content-type",
        "cross-origin-opener-policy",
        "permissions-policy",
        "referrer-policy",
        "strict-transport-security",
        "vary",
        "x-content-type-options",
        "x-frame-options",
    }
)


@dataclass(slots=True)
class PollContext:
    """The context of a request, passed to Django as `request.META[CONTEXT]`. A view that renders a fragment for all
    viewers with the same grants stores the fragment's ticket in `rendered`."""

    listener: Listener
    began: float  # monotonic
    checked_at: float  # seconds since the epoch
    rendered: Ticket | None = None


@dataclass(frozen=True, slots=True)
class FragmentKey:
    """Everything besides the counters that a fragment depends on."""

    path: str
    query: str
    rows: str
    grants: str
    gzip: bool


@dataclass(frozen=True, slots=True)
class RenderedFragment:
    """A response as it was sent: without anything of the person it was rendered for."""

    tag: str
    content: str
    counters: tuple[tuple[str, int], ...]
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class VerifiedTicket:
    """A ticket whose signature was checked; `key` is that of the request that carried it."""

    key: RequestKey
    ticket: Ticket
    binding: Binding
    session: str
    renewed: bool = False

    @property
    def header(self) -> tuple[str, str]:
        return ("HX-PTag", self.ticket.header(self.binding))


class PollingMiddleware:
    """`fingerprint_of` returns the fingerprint of the grants behind a session, as the database has them now;
    `note_viewed` is called with the counters that are still being viewed."""

    def __init__(
        self,
        django: "WSGIApplication",
        listener: Listener,
        fingerprint_of: Callable[[str], str],
        note_viewed: Callable[[Iterable[str]], None],
    ) -> None:
        self.django = django
        self.listener = listener
        self.fingerprint_of = fingerprint_of
        self.note_viewed = note_viewed
        self.fragments: BoundedCache[FragmentKey, RenderedFragment] = BoundedCache()
        self._verified: dict[RequestKey, VerifiedTicket] = {}
        self._rendering: dict[FragmentKey, threading.Event] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return self.django(environ, start)
        header = environ.get("HTTP_HX_PTAG")
        verified = self._valid_ticket(environ, header) if header and self.listener.counters.trusted else None
        if verified is None:
            return self._call_django(environ, start)
        if self.listener.counters.unchanged(verified.ticket.counters):
            start("304 Not Modified", [verified.header] if verified.renewed else [])
            return ()
        return self._changed(environ, start, verified)

    def _valid_ticket(self, environ: "WSGIEnvironment", header: str) -> VerifiedTicket | None:
        """Return the ticket if it is ours and still valid, or was renewed."""
        key = (header, environ.get("HTTP_COOKIE", ""), environ["PATH_INFO"], environ["QUERY_STRING"])
        verified = self._verified.get(key) or self._verify(environ, key)
        if verified is None:
            return None
        void = (
            verified.ticket.checked_at <= self.listener.access_changed_at
            or verified.session in self.listener.ended_sessions
        )
        if not void and verified.ticket.expires_at > time.time():
            return verified
        self._forget(verified)
        return None if void else self._renew(verified)

    def _renew(self, verified: VerifiedTicket) -> VerifiedTicket | None:
        """Return a new ticket for the same session and grants, None when Django must decide."""
        now = time.time()
        if now > verified.ticket.viewed_at + VIEW_SECONDS:
            return None
        try:
            grants = self.fingerprint_of(verified.binding.session)
        except DATABASE_ERRORS:  # Django's page says so
            return None
        if grants != verified.ticket.grants:
            return None
        self.note_viewed(name for name, _ in verified.ticket.counters)
        return replace(verified, ticket=verified.ticket.renewed(now), renewed=True)

    def _forget(self, verified: VerifiedTicket) -> None:
        """Remove a ticket from the cache: the viewer gets a new one."""
        with self._lock:
            self._verified.pop(verified.key, None)

    def _verify(self, environ: "WSGIEnvironment", key: RequestKey) -> VerifiedTicket | None:
        binding = Binding.of(environ)
        ticket = Ticket.read(key[0], binding)
        if ticket is None:
            return None
        verified = VerifiedTicket(key, ticket, binding, session_digest(binding.session))
        with self._lock:
            while len(self._verified) >= MOST_VERIFIED:
                del self._verified[next(iter(self._verified))]
            self._verified[key] = verified
        return verified

    def _changed(self, environ: "WSGIEnvironment", start: "StartResponse", verified: VerifiedTicket) -> Iterable[bytes]:
        key = _fragment_key(environ, verified.binding, verified.ticket.grants)
        fragment = self._current(key)
        if fragment is None:
            with self._first(key) as waited:
                fragment = self._current(key) if waited else None
                if fragment is None:
                    return self._call_django(environ, start)
        self._forget(verified)
        return _respond(fragment, verified, start)

    def _current(self, key: FragmentKey) -> RenderedFragment | None:
        fragment = self.fragments.get(key)
        return fragment if fragment and self.listener.counters.unchanged(fragment.counters) else None

    @contextmanager
    def _first(self, key: FragmentKey) -> Iterator[bool]:
        """The first poll continues at once; the others wait until it is done. Yield whether this one has waited."""
        with self._lock:
            done = self._rendering.get(key)
            if done is None:
                mine = self._rendering[key] = threading.Event()
        if done is not None:
            done.wait(WAIT_SECONDS)
            yield True
            return
        try:
            yield False
        finally:
            with self._lock:
                del self._rendering[key]
            mine.set()

    def _call_django(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Return Django's response. A fragment rendered for all viewers with the same grants is cached."""
        self.listener.start()
        context = environ[CONTEXT] = PollContext(self.listener, time.monotonic(), time.time())
        heads: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, *more: Any) -> Any:
            heads.append((status, headers))
            return start(status, headers, *more)

        response = self.django(environ, note)
        if context.rendered is None or not heads[-1][0].startswith("200"):
            return response
        body = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        headers = [(name, value) for name, value in heads[-1][1] if name.lower() in SHARED_HEADERS]
        shown = context.rendered
        fragment = RenderedFragment(shown.tag, shown.content, shown.counters, headers, body)
        self.fragments.put(_fragment_key(environ, Binding.of(environ), shown.grants), fragment, len(body))
        return [body]


def _fragment_key(environ: "WSGIEnvironment", binding: Binding, grants: str) -> FragmentKey:
    gzip = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    return FragmentKey(binding.path, binding.query, binding.rows, grants, gzip)


def _respond(fragment: RenderedFragment, verified: VerifiedTicket, start: "StartResponse") -> Iterable[bytes]:
    """Return the fragment with a ticket for this viewer; only the ticket (304) when the content is unchanged."""
    ticket = verified.ticket.showing(fragment.tag, fragment.content, fragment.counters)
    header = replace(verified, ticket=ticket).header
    if fragment.content == verified.ticket.content:
        start("304 Not Modified", [header])
        return ()
    start("200 OK", [*fragment.headers, ("Content-Length", str(len(fragment.body))), header])
    return (fragment.body,)
