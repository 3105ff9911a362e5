"""The fast lane before Django: polls whose pass still holds are answered from memory.

A pass that holds and whose counters stand still: 304. Counters that moved: the section that was rendered meanwhile for
the same rights, if there is one; else one of those who wait lets Django render it. A pass that has run out is renewed
if session and grants are what they were. Everything else is Django's.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ecsdash.web.polling.listener import Listener
from ecsdash.web.polling.rendered import Headers, Key, Section, Shelf
from ecsdash.web.polling.tickets import ADMITTED, Pass, Place, read, session_mark

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_VERIFIED: Final = 8192
WAIT_SECONDS: Final = 2.0
ASK: Final = "ecsdash.poll"
#: Of Django's answer; the others are of one person or of one moment.
SHARED_HEADERS: Final = frozenset(
    {
        "cache-control",
        "content-encoding",
        "content-security-policy",
        "content-type",
        "cross-origin-opener-policy",
        "referrer-policy",
        "strict-transport-security",
        "vary",
        "x-content-type-options",
        "x-frame-options",
    }
)


@dataclass(slots=True)
class Ask:
    """A request on its way through Django, as `request.META[ASK]`. When the view renders a section that others with
    the same rights may be given, it leaves the pass of that section here."""

    listener: Listener
    began: float  # monotonic
    checked: float  # seconds since the epoch
    rendered: Pass | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """A pass whose signature was checked, and who holds it; `words` are those of the request that showed it."""

    words: tuple[str, str, str, str]
    held: Pass
    place: Place
    mark: str
    renewed: bool = False

    @property
    def tag(self) -> tuple[str, str]:
        """The pass as a header."""
        return ("HX-PTag", self.held.signed(self.place))


class Lane:
    """`rights_of(session)` answers the fingerprint of the grants behind a session, as the database has them now;
    `watch` is told the counters that somebody goes on looking at."""

    def __init__(
        self,
        django: "WSGIApplication",
        listener: Listener,
        rights_of: Callable[[str], str],
        watch: Callable[[Iterable[str]], None],
    ) -> None:
        self.django = django
        self.listener = listener
        self.rights_of = rights_of
        self.watch = watch
        self.shelf: Shelf[Key, Section] = Shelf()
        self._verified: dict[tuple[str, str, str, str], Holder] = {}
        self._rendering: dict[Key, threading.Event] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return self.django(environ, start)
        header = environ.get("HTTP_HX_PTAG")
        holder = self._holder(environ, header) if header and self.listener.counters.trusted else None
        if holder is None:
            return self._ask_django(environ, start)
        if self.listener.counters.unmoved(holder.held.counters):
            start("304 Not Modified", [holder.tag] if holder.renewed else [])
            return ()
        return self._changed(environ, start, holder)

    def _holder(self, environ: "WSGIEnvironment", header: str) -> Holder | None:
        """Who shows a pass that is in force."""
        words = (header, environ.get("HTTP_COOKIE", ""), environ["PATH_INFO"], environ["QUERY_STRING"])
        holder = self._verified.get(words) or self._verify(environ, words)
        if holder is None:
            return None
        voided = holder.held.checked <= self.listener.voided_at or holder.mark in self.listener.ended
        if not voided and holder.held.until > time.time():
            return holder
        self._outdated(holder)
        return None if voided else self._renewed(holder)

    def _renewed(self, holder: Holder) -> Holder | None:
        """Whoever cannot be seen to have the session and the rights of before is Django's."""
        now = time.time()
        if now > holder.held.admitted + ADMITTED or self.rights_of(holder.place.session) != holder.held.rights:
            return None
        self.watch(name for name, _ in holder.held.counters)
        return replace(holder, held=holder.held.renewed(now), renewed=True)

    def _outdated(self, holder: Holder) -> None:
        """He is given another pass: this one will hardly be shown again."""
        with self._lock:
            self._verified.pop(holder.words, None)

    def _verify(self, environ: "WSGIEnvironment", words: tuple[str, str, str, str]) -> Holder | None:
        place = Place.of(environ)
        held = read(words[0], place)
        if held is None:
            return None
        holder = Holder(words, held, place, session_mark(place.session))
        with self._lock:
            while len(self._verified) >= MOST_VERIFIED:
                del self._verified[next(iter(self._verified))]
            self._verified[words] = holder
        return holder

    def _changed(self, environ: "WSGIEnvironment", start: "StartResponse", holder: Holder) -> Iterable[bytes]:
        key = _key(environ, holder.place, holder.held.rights)
        section = self._current(key)
        if section is None:
            with self._alone(key) as waited:
                section = self._current(key) if waited else None
                if section is None:
                    return self._ask_django(environ, start)
        self._outdated(holder)
        return _given(section, holder, start)

    def _current(self, key: Key) -> Section | None:
        section = self.shelf.get(key)
        return section if section and self.listener.counters.unmoved(section.counters) else None

    @contextmanager
    def _alone(self, key: Key) -> Iterator[bool]:
        """The first to come goes on at once; the others wait until it is done. Answers whether one has waited."""
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

    def _ask_django(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Django's answer. A section that it rendered to be shared is kept."""
        self.listener.start()
        ask = environ[ASK] = Ask(self.listener, time.monotonic(), time.time())
        heads: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, *more: Any) -> Any:
            heads.append((status, headers))
            return start(status, headers, *more)

        answer = self.django(environ, note)
        if ask.rendered is None or not heads[-1][0].startswith("200"):
            return answer
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        headers = [(name, value) for name, value in heads[-1][1] if name.lower() in SHARED_HEADERS]
        seen = ask.rendered
        section = Section(seen.tag, seen.content, seen.counters, headers, body)
        self.shelf.put(_key(environ, Place.of(environ), seen.rights), section, len(body))
        return [body]


def _key(environ: "WSGIEnvironment", place: Place, rights: str) -> Key:
    return Key(place.path, place.query, place.rows, rights, "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""))


def _given(section: Section, holder: Holder, start: "StartResponse") -> Iterable[bytes]:
    """The section with a pass of the holder's own; nothing but the pass when it looks as before."""
    now = replace(holder, held=holder.held.showing(section.tag, section.content, section.counters))
    if section.content == holder.held.content:
        start("304 Not Modified", [now.tag])
        return ()
    start("200 OK", [*section.headers, ("Content-Length", str(len(section.body))), now.tag])
    return (section.body,)
