"""Request types of views. They exist for type checks only: Django creates the requests."""

from django.http import HttpRequest

from ecsdash.access.models import User


class UserRequest(HttpRequest):
    """Request of a signed-in user, which LoginRequiredMiddleware guarantees."""

    user: User
