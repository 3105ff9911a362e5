from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from ecsdash.access.client import client_ip
from ecsdash.access.signals import sign_in_locked


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Adapter of django-allauth that closes the sign-up (administrators create users), announces locked sign-ins, and
    counts failed ones by the product's own notion of the client's address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raise ValidationError after too many failed sign-ins."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            sign_in_locked.send(sender=type(self), request=request, credentials=credentials)
            raise
