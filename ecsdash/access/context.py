"""Context processor: how people sign in here, and administrator rights that the user has taken for an hour, read where
a template shows them."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ecsdash.access import break_glass
from ecsdash.access.models import User


def sign_in(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    return {
        "local_sign_in": settings.LOCAL_SIGN_IN,
        "sign_in_provider": settings.OIDC_NAME if settings.OIDC_SERVER else "",
        "break_glass": cache(lambda: break_glass.current(user)) if isinstance(user, User) else None,
    }
