from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal import ratelimit
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.urls import reverse

from ecsdash.access.authentication import proved_recently
from ecsdash.access.client import client_ip
from ecsdash.access.models import User
from ecsdash.access.signals import sign_in_locked

#: How often a password of one user may be wrong, wherever the requests come from. django-allauth limits addresses too.
FAILED_SIGN_INS: Final = {"login_failed": "5/300s/key"}
Method = dict[str, Any]


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Adapter of django-allauth that closes the sign-up (administrators create users), announces locked sign-ins, and
    counts failed ones by the product's own notion of the client's address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        if address := client_ip(request):
            return address
        raise PermissionDenied("The address of the client is not known.")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raise ValidationError after too many failed sign-ins, and for every password while it is switched off."""
        if not settings.LOCAL_SIGN_IN:
            raise ValidationError("Sign-in with a password is switched off.")
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            sign_in_locked.send(sender=type(self), request=request, credentials=credentials)
            raise

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Raise ReauthenticationRequired unless the person proved who they are within the last minutes."""
        if not proved_recently(context.request):
            raise ReauthenticationRequired
        return False

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[Method]:
        """Return how the user can prove again who they are, the first one by default."""
        methods: list[Method] = super().get_reauthentication_methods(user)
        if not settings.LOCAL_SIGN_IN:
            methods = [method for method in methods if method["id"] != "reauthenticate"]
        if settings.OIDC_SERVER and isinstance(user, User) and SocialAccount.objects.filter(user=user).exists():
            url = reverse("account_reauthenticate_by_provider")
            methods.append({"id": "provider", "description": f"Use {settings.OIDC_NAME}", "url": url})
        return methods

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The name of the user alone: under another host name the count would begin again."""
        return attempts_key(credentials.get("username", ""))


def attempts_key(username: str) -> str:
    return f"user:{username.lower()}"


def is_locked(request: HttpRequest, user: User) -> bool:
    """Return whether too many sign-ins of the user have failed."""
    usage = ratelimit.consume(
        request, app="allauth.account", action="login_failed", config=FAILED_SIGN_INS,
        key=attempts_key(user.username), dry_run=True, limit_get=True,
    )  # fmt: skip
    return usage is None


def unlock(request: HttpRequest, user: User) -> None:
    """Forget the failed sign-ins of the user, and the wrong codes."""
    for key in (attempts_key(user.username), f"mfa-auth-user-{user.pk}"):
        ratelimit.clear(request, app="allauth.account", action="login_failed", config=FAILED_SIGN_INS, key=key)
