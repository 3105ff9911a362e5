"""Single sign-on: who a person is and which groups they are in, as the provider says by OpenID Connect."""

from collections.abc import Iterator, Mapping
from typing import Any

from allauth.account.signals import user_logged_in
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.shortcuts import render

from ecsdash.access import groups
from ecsdash.access.changes import By, change
from ecsdash.access.models import User


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Adapter of django-allauth: the first sign-in creates the user. A user who exists already belongs to a person of
    the provider only after an administrator said so, because names of another directory prove nothing."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        data["username"] = str(data.get("username") or data.get("email") or sociallogin.account.uid)[:150]
        user: User = super().populate_user(request, sociallogin, data)
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Raise PermissionDenied for claims that contradict each other, ImmediateHttpResponse for a name in use."""
        if sociallogin.state.get("process") not in (None, AuthProcess.LOGIN):
            raise PermissionDenied("Only signing in is possible with this provider.")
        claims = sociallogin.account.extra_data
        if len({part["sub"] for part in _parts(claims) if "sub" in part}) > 1:
            raise PermissionDenied("The provider answered for two different persons.")
        sociallogin.email_addresses = []  # nobody signs in by an address, so none has to be unique
        if not sociallogin.is_existing:
            self._link(request, sociallogin)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            By(user, By.of(request).ip).announce("create_user", user, change("username", None, user.username))
        return user

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        user_login_failed.send(sender=__name__, credentials={}, request=request)

    def _link(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Give the existing user of this name to the person, if an administrator allowed it."""
        username = getattr(sociallogin.user, "username", "")
        user = User.objects.filter(username__iexact=username).first() if username else None
        if user is None:
            return
        if not user.may_link_provider:
            user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)
            page = render(request, "account/name_in_use.html", {"username": username}, status=403)
            raise ImmediateHttpResponse(page)
        with transaction.atomic():
            user.may_link_provider = False
            user.save(update_fields=["may_link_provider"])
            By(user, By.of(request).ip).announce("link_provider", user)
            sociallogin.connect(request, user)


@receiver(user_logged_in)
def follow_groups(request: HttpRequest, user: User, sociallogin: SocialLogin | None = None, **_: Any) -> None:
    """Give the user the teams of the groups in the claims of this sign-in, and take those of other groups away."""
    if sociallogin is not None:
        by = By(user, By.of(request).ip)
        groups.follow(by, user, set(_groups(sociallogin.account.extra_data)))


def _groups(claims: Mapping[str, Any]) -> Iterator[str]:
    for part in _parts(claims):
        value = part.get(settings.OIDC_GROUPS_CLAIM)
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (each for each in value if isinstance(each, str))


def _parts(claims: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the claims of the ID token, then those of the user information."""
    yield from (part for name in ("id_token", "userinfo") if isinstance(part := claims.get(name), Mapping))
