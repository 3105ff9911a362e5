"""Sessions end when nobody uses them. Polls of an open page are not use."""

import time
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from ecsdash.access.session_store import ACTIVE_AT

NOTED_EVERY_SECONDS: Final = 60


def is_idle(session: SessionBase | Any) -> bool:
    """Return whether this is the session of a user who has made no request for too long."""
    active_at = session.get(ACTIVE_AT)
    return session.get(SESSION_KEY) is not None and bool(active_at and time.time() - active_at > settings.IDLE_SECONDS)


def note_activity(request: HttpRequest) -> None:
    """Store that the person made a request, at most once a minute. Scripts of a page send HX-Request by themselves; a
    link or form that they take over has HX-Boosted too."""
    by_script = request.method == "GET" and "HX-Request" in request.headers and "HX-Boosted" not in request.headers
    session = request.session
    if by_script or session.get(SESSION_KEY) is None:
        return
    now = time.time()
    if now - session.get(ACTIVE_AT, 0) > NOTED_EVERY_SECONDS:
        session[ACTIVE_AT] = now
