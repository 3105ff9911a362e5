"""The pass of a live section: proof that a session saw this content of this address under these permissions.

It travels as the section's HX-PTag. Django issues it after checking session and permission; until it runs out (in 50
seconds at most) it spares that check, unless access was changed meanwhile. Who still has the session and the same
grants then gets a new one without Django, for some minutes.
"""

import hmac
import random
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from math import floor
from typing import Any, Final

from django.conf import settings
from django.http import parse_cookie

#: Seconds that a pass is good for. Spread, so that passes issued together do not run out together.
SHORTEST: Final = 25
LONGEST: Final = 50
ADMITTED: Final = 300  # seconds after which Django decides anew whether the address may be seen
MOST_TEXT: Final = 4000  # bytes; servers and proxies take headers of 8 kB


@dataclass(frozen=True, slots=True)
class Place:
    """What a pass is bound to: whose session, which address, which page size."""

    session: str
    rows: str
    path: str
    query: str

    @classmethod
    def of(cls, environ: Mapping[str, Any], query: str | None = None) -> "Place":
        cookies: dict[str, str] = parse_cookie(environ.get("HTTP_COOKIE", ""))
        asked = environ.get("QUERY_STRING", "") if query is None else query
        return cls(cookies.get("sessionid", ""), cookies.get("rows", ""), environ.get("PATH_INFO", ""), asked)


@dataclass(frozen=True, slots=True)
class Pass:
    """`tag` names the version that was shown, `content` what it looked like (empty when not known), `rights` the
    fingerprint of the viewer's grants. In seconds since the epoch: when Django let the viewer in (`admitted`), when
    session and grants were last read (`checked`), and until when that is good.
    """

    tag: str
    content: str
    rights: str
    admitted: float
    checked: float
    until: float
    counters: tuple[tuple[str, int], ...]

    @classmethod
    def issue(
        cls, tag: str, content: str, rights: str, checked: float, counters: tuple[tuple[str, int], ...]
    ) -> "Pass":
        checked = _milliseconds(checked)
        return cls(tag, content, rights, checked, checked, _until(checked), counters)

    def renewed(self, checked: float) -> "Pass":
        """For who has the same session and grants as before."""
        checked = _milliseconds(checked)
        return replace(self, checked=checked, until=_until(checked))

    def once(self) -> "Pass":
        """Of a view that must be called now and then: it is not renewed."""
        return replace(self, admitted=0.0)

    def showing(self, tag: str, content: str, counters: tuple[tuple[str, int], ...]) -> "Pass":
        """The same permission, checked at the same time, for a newer content."""
        return replace(self, tag=tag, content=content, counters=counters)

    def signed(self, place: Place) -> str:
        """As a header; without a signature (just the tag) when it would be too long for one."""
        counters = ",".join(f"{name}:{value}" for name, value in self.counters)
        times = (repr(self.admitted), repr(self.checked), repr(self.until))
        text = "~".join((self.tag, self.content, self.rights, *times, counters))
        return f"{text}~{_signature(text, place)}" if len(text) < MOST_TEXT else self.tag


def tag_of(header: str) -> str:
    return header.partition("~")[0]


def content_of(header: str) -> str:
    """What the browser says it shows. Not verified: who lies about it deceives himself."""
    parts = header.split("~")
    return parts[1] if len(parts) > 1 else ""


def read(header: str, place: Place) -> Pass | None:
    """The pass, if we signed it for this place. It may have run out."""
    text, _, signature = header.rpartition("~")
    if not text or not hmac.compare_digest(signature.encode(), _signature(text, place).encode()):
        return None
    tag, content, rights, admitted, checked, until, counters = text.split("~")
    pairs = (pair.rpartition(":") for pair in counters.split(",") if pair)
    known = tuple((name, int(value)) for name, _, value in pairs)
    return Pass(tag, content, rights, float(admitted), float(checked), float(until), known)


def session_mark(session: str) -> str:
    """How processes speak of a session among each other, without its key."""
    return sha256(b"session\0" + session.encode()).hexdigest()[:32]


def _until(checked: float) -> float:
    return _milliseconds(checked + random.uniform(SHORTEST, LONGEST))  # noqa: S311 spread, not secret


def _milliseconds(at: float) -> float:
    """Rounded down: a check must not seem later than it was."""
    return floor(at * 1000) / 1000


def _signature(text: str, place: Place) -> str:
    whole = "\0".join((place.session, place.rows, place.path, place.query, text))
    return urlsafe_b64encode(hmac.digest(_key(settings.SECRET_KEY), whole.encode(), "sha256")).decode()[:43]


@lru_cache(maxsize=1)
def _key(secret: str) -> bytes:
    """The number is that of the format: a pass of another one was not signed by us."""
    return sha256(b"ecsdash.web.polls 2\0" + secret.encode()).digest()
