"""Sign-in links of the demo: good once, for ten minutes."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from ecsdash.access.models import OneTimeLink, User

LIFETIME: Final = timedelta(minutes=10)


class NotInThisInstallation(RuntimeError):
    """One-time links exist in the demo only."""


def link(user: User) -> str:
    """The path of a new link. The database keeps only the hash of its token."""
    if not settings.DEMO:
        raise NotInThisInstallation("One-time sign-in links exist only where ECSDASH_DEMO is on")
    token = token_urlsafe(32)
    OneTimeLink.objects.create(user=user, token_hash=_hash(token), expires_at=timezone.now() + LIFETIME)
    return reverse("access:one_time_link", args=[token])


def is_usable(token: str) -> bool:
    return _usable(token).exists()


def consume(token: str) -> User | None:
    """The user whose link this is, the first time; then and after its end None."""
    links = _usable(token)
    found = links.select_related("user").first()
    return found.user if found and links.update(used_at=timezone.now()) == 1 else None


def _usable(token: str) -> QuerySet[OneTimeLink]:
    links = OneTimeLink.objects if settings.DEMO else OneTimeLink.objects.none()
    return links.filter(token_hash=_hash(token), used_at=None, expires_at__gt=timezone.now(), user__is_active=True)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
