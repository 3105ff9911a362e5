from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Adapter of django-allauth that closes the sign-up: administrators create users."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
