"""One-time sign-in links of the demo, valid for ten minutes. The cache stores them by a hash of the token."""

from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from django.core.cache import cache
from django.urls import reverse

from ecsdash.access.models import User

LIFETIME_SECONDS: Final = 600


def link(user: User) -> str:
    """Return the path of a new sign-in link."""
    token = token_urlsafe(32)
    cache.set(cache_key(token), user.pk, LIFETIME_SECONDS)
    return reverse("demo:sign_in_link", args=[token])


def is_usable(token: str) -> bool:
    return User.objects.filter(pk=cache.get(cache_key(token)), is_active=True).exists()


def consume(token: str) -> User | None:
    """Return the user of the link at its first use, None afterwards, after its lifetime and for an inactive user."""
    key = cache_key(token)
    user = User.objects.filter(pk=cache.get(key), is_active=True).first()
    return user if user and cache.delete(key) else None


def cache_key(token: str) -> str:
    return f"sign-in-link:{sha256(token.encode()).hexdigest()}"
