from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from ecsdash.access.signals import sign_in_locked


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Adapter of django-allauth that closes the sign-up (administrators create users) and announces locked sign-ins."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raise ValidationError after too many failed sign-ins."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            sign_in_locked.send(sender=type(self), request=request, credentials=credentials)
            raise
