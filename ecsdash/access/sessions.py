"""Grants of the user of a session, for code outside of a request."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import DatabaseError, InterfaceError, connection
from django.http import parse_cookie
from django.utils.crypto import constant_time_compare

from ecsdash.access import idleness
from ecsdash.access.models import User
from ecsdash.access.policy import fingerprint


def session_key(environ: Mapping[str, Any]) -> str:
    """Return the session key in the cookies of a WSGI request, empty without one."""
    cookies: dict[str, str] = parse_cookie(environ.get("HTTP_COOKIE", ""))
    return cookies.get(settings.SESSION_COOKIE_NAME, "")


def has_user(key: str) -> bool:
    """Return whether the session is that of a user who may sign in."""
    return bool(fingerprint_of_session(key))


def fingerprint_of_session(key: str) -> str:
    """Return the grants fingerprint of the session's user, "" without a user or when the database is not available.

    The database connection is returned to its pool.
    """
    try:
        user = _user(key)
        return fingerprint(user) if user else ""
    except (DatabaseError, InterfaceError):
        return ""
    finally:
        connection.close()


def _user(key: str) -> User | None:
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    if idleness.is_idle(session):
        return None
    user = User.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
    if user and constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return user
    return None
