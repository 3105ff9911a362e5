"""In whose name AWS calls are made. AWS records the caller with every call in CloudTrail."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

#: STS accepts these characters in role session names and source identities, from 2 to 64 of them.
_USABLE = re.compile(r"[A-Za-z0-9_.@+-]{2,56}")
_OTHER = re.compile(r"[^A-Za-z0-9_.@+-]")
_RESERVED = {"reader"}
_LONGEST = 40  # what is kept of a name that cannot be used as it is


@dataclass(frozen=True)
class Caller:
    """The role session name, and the source identity: empty for calls of the dashboard itself."""

    session_name: str
    source_identity: str = ""


#: Sweeps, event feeds and live reads of pages.
READER = Caller("ecsdash-reader")
#: What has no inventory account, for example the bucket of the audit trail.
INSTALLATION = Caller("ecsdash")
_current: ContextVar[Caller] = ContextVar("caller", default=INSTALLATION)


def person(username: str, pk: int, *, source_identity: bool) -> Caller:
    """Return the caller of a user. `source_identity`: whether the role's trust policy lets it be set.

    A name that STS does not accept is replaced by its usable characters, `=` and the user's key: no other user's name
    contains `=` in this form.
    """
    name = username
    if not _USABLE.fullmatch(username) or username in _RESERVED:
        name = f"{_OTHER.sub('_', username)[:_LONGEST]}={pk}"
    return Caller(f"ecsdash-{name}", name if source_identity else "")


@contextmanager
def calls_of(caller: Caller) -> Iterator[None]:
    """Make the AWS calls of this thread in the name of the caller."""
    token = _current.set(caller)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Caller:
    return _current.get()
