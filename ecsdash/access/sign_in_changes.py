"""Changes of how users sign in: their sessions, second factors and locks, and what the installation asks of all."""

from datetime import timedelta
from functools import partial
from typing import Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from ecsdash.access import adapter, delegation
from ecsdash.access.changes import By, Refused, change
from ecsdash.access.models import Grant, SignInPolicy, User, UserSession
from ecsdash.access.permissions import Role
from ecsdash.web.polling import pubsub
from ecsdash.web.polling.tickets import session_digest

NEEDS_ALL: Final = "Only an administrator whose rights do not end may decide who can take them."


@transaction.atomic
def set_policy(by: By, role: str) -> None:
    """Require a second factor from users with this role or a higher one; "" from nobody."""
    policy, _ = SignInPolicy.objects.get_or_create(pk=SignInPolicy.ROW)
    if policy.role == role:
        return
    before, policy.role = policy.role, role
    policy.save()
    by.announce("set_sign_in_policy", policy, change("second factor", before or "nobody", role or "nobody"))
    transaction.on_commit(pubsub.publish_access_change)


@transaction.atomic
def end_sessions(by: By, user: User, sessions: list[UserSession]) -> None:
    """End these sessions of the user, also for the polls of open pages."""
    if not sessions:
        return
    keys = [session.session_key for session in sessions]
    UserSession.objects.filter(user=user, session_key__in=keys).delete()
    by.announce("end_sessions", user, change("sessions", len(keys), 0))
    for key in keys:
        transaction.on_commit(partial(pubsub.publish_session_end, session_digest(key)))


def open_sessions(user: User) -> list[UserSession]:
    """Return the sessions that have not ended by themselves, the last used one first."""
    now = timezone.now()
    used_after = now - timedelta(seconds=settings.IDLE_SECONDS)
    found = UserSession.objects.filter(user=user, expire_date__gt=now, active_at__gt=used_after)
    return list(found.order_by("-active_at"))


@transaction.atomic
def reset_second_factor(by: By, user: User) -> None:
    """Remove all second factors of a user who has lost them, and end the user's sessions."""
    types = sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    Authenticator.objects.filter(user=user).delete()
    by.announce("reset_second_factor", user, change("second factors", types, []))
    end_sessions(by, user, open_sessions(user))


@transaction.atomic
def unlock(request: HttpRequest, user: User) -> None:
    By.of(request).announce("unlock_user", user)
    adapter.unlock(request, user)


@transaction.atomic
def allow_provider(by: By, user: User) -> None:
    """Let the next single sign-on under this username be this user."""
    user.may_link_provider = True
    user.save(update_fields=["may_link_provider"])
    by.announce("allow_provider", user, change("may_link_provider", False, True))


@transaction.atomic
def allow_break_glass(by: By, user: User, allowed: bool) -> None:
    """Let the user take administrator rights for an hour, or end that. Raise Refused for a passing administrator."""
    if by.user and delegation.objection(by.user, Grant(user=user, role=Role.ADMIN)):
        raise Refused(NEEDS_ALL)
    user.may_break_glass = allowed
    user.save(update_fields=["may_break_glass"])
    by.announce("allow_break_glass", user, change("may_break_glass", not allowed, allowed))
