"""The ticket of a live fragment: proof that Django admitted this session to this address with these grants.

It travels as the fragment's HX-PTag, signed by django.core.signing, so any web process can check it. Django issues it
after checking session and permission; until it expires (after LONGEST_SECONDS at most) it spares that check, unless
access was changed meanwhile. A viewer who still has the session and the same grants then gets a new ticket without
Django, for VIEW_SECONDS in all.
"""

import random
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from hashlib import sha256
from math import floor
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import parse_cookie

#: Lifetime of a ticket in seconds. Spread, so that tickets issued together do not expire together.
SHORTEST_SECONDS: Final = 25
LONGEST_SECONDS: Final = 50
VIEW_SECONDS: Final = 300  # after so long Django decides again whether the address may be seen
MOST_CHARACTERS: Final = 6000  # servers and proxies take headers of 8 kB
SALT: Final = "ecsdash.web.polling.tickets.3"  # the number is that of the format


@dataclass(frozen=True, slots=True)
class Binding:
    """What a ticket is bound to: session, page size and address."""

    session: str
    rows: str
    path: str
    query: str

    @classmethod
    def of(cls, environ: Mapping[str, Any], query: str | None = None) -> "Binding":
        """The binding of a request; `query` takes the place of the request's own."""
        cookies: dict[str, str] = parse_cookie(environ.get("HTTP_COOKIE", ""))
        asked = environ.get("QUERY_STRING", "") if query is None else query
        session = cookies.get(settings.SESSION_COOKIE_NAME, "")
        return cls(session, cookies.get("rows", ""), environ.get("PATH_INFO", ""), asked)

    @property
    def digest(self) -> str:
        return sha256("\0".join((self.session, self.rows, self.path, self.query)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Ticket:
    """`tag` names the version that was shown, `content` is a digest of what it looked like (empty when not known),
    `grants` the fingerprint of the viewer's grants.

    In seconds since the epoch: when Django called the view (`viewed_at`), when session and grants were last read
    (`checked_at`), and when the ticket expires.
    """

    tag: str
    content: str
    grants: str
    viewed_at: float
    checked_at: float
    expires_at: float
    counters: tuple[tuple[str, int], ...]

    @classmethod
    def issue(
        cls, tag: str, content: str, grants: str, checked_at: float, counters: tuple[tuple[str, int], ...]
    ) -> "Ticket":
        checked_at = _milliseconds(checked_at)
        return cls(tag, content, grants, checked_at, checked_at, _expiry(checked_at), counters)

    def renewed(self, checked_at: float) -> "Ticket":
        """For a viewer who has the same session and grants as before."""
        checked_at = _milliseconds(checked_at)
        return replace(self, checked_at=checked_at, expires_at=_expiry(checked_at))

    def not_renewable(self) -> "Ticket":
        """For a view that Django must call again when the ticket expires."""
        return replace(self, viewed_at=0.0)

    def showing(self, tag: str, content: str, counters: tuple[tuple[str, int], ...]) -> "Ticket":
        """The same admission, checked at the same time, for newer content."""
        return replace(self, tag=tag, content=content, counters=counters)

    def header(self, binding: Binding) -> str:
        """The ticket as a header; only its tag when it would be too long for one."""
        _, *values = astuple(self)
        text = f"{self.tag}~{signing.Signer(salt=SALT).sign_object([binding.digest, self.tag, *values])}"
        return text if len(text) < MOST_CHARACTERS else self.tag

    @classmethod
    def read(cls, header: str, binding: Binding) -> "Ticket | None":
        """Return the ticket if we signed it for this binding, None otherwise. It may have expired."""
        _, _, signed = header.partition("~")
        try:
            digest, tag, content, grants, *times, counters = signing.Signer(salt=SALT).unsign_object(signed)
        except signing.BadSignature:
            return None
        if digest != binding.digest:
            return None
        viewed_at, checked_at, expires_at = times
        known = tuple((name, value) for name, value in counters)
        return cls(tag, content, grants, viewed_at, checked_at, expires_at, known)


def tag_of(header: str) -> str:
    """Return the tag of a header, which is a ticket or a bare tag."""
    return header.partition("~")[0]


def session_digest(session: str) -> str:
    """How processes name a session among each other, without its key."""
    return sha256(b"session\0" + session.encode()).hexdigest()[:32]


def _expiry(checked_at: float) -> float:
    return _milliseconds(checked_at + random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))  # noqa: S311 spread, not secret


def _milliseconds(at: float) -> float:
    """Rounded down: a check must not seem later than it was."""
    return floor(at * 1000) / 1000
