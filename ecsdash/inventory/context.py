from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from ecsdash.inventory.scope import visible_scopes


def scopes(request: HttpRequest) -> dict[str, Any]:
    """Template context of the scope menu: the scopes that the user can view, read where a template shows them, and the
    scope of the page."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    scopes_of_user = SimpleLazyObject(partial(visible_scopes, request.user))
    return {"scopes": scopes_of_user, "scope": getattr(request, "scope", None)}
