"""When the person of a session last proved who they are, and asking for it again before something that matters."""

import ipaddress
import time
from typing import Any, Final

from allauth.account.signals import authentication_step_completed
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from ecsdash.access.client import client_ip
from ecsdash.access.session_store import ACTIVE_AT, CLIENT, SIGNED_IN_AT

PROVED_AT: Final = "proved_at"
LONGEST_AGENT: Final = 300


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, **_: Any) -> None:
    """Store in the session when and from where its user signed in."""
    now = time.time()
    agent = request.headers.get("User-Agent", "")[:LONGEST_AGENT]
    request.session.update({PROVED_AT: now, SIGNED_IN_AT: now, ACTIVE_AT: now, CLIENT: (_address(request), agent)})


@receiver(authentication_step_completed)
def note_proof(request: HttpRequest, reauthenticated: bool = False, **_: Any) -> None:
    if reauthenticated:
        request.session[PROVED_AT] = time.time()


def proved_recently(request: HttpRequest) -> bool:
    """Return whether the person signed in, or proved who they are again, within the last minutes."""
    proved_at: float = request.session.get(PROVED_AT, 0)
    return time.time() - proved_at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def require_recent_proof(request: HttpRequest) -> None:
    """Raise ReauthenticationRequired, which leads to the page that asks for it and then repeats the request."""
    if not proved_recently(request):
        raise ReauthenticationRequired


def _address(request: HttpRequest) -> str:
    """Return the client's IP address, "" for what is none."""
    address = client_ip(request)
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""
