from typing import Any

from django.http import HttpRequest

from ecsdash.inventory.scope import visible_scopes


def scopes(request: HttpRequest) -> dict[str, Any]:
    """The scope menu: what the user may switch to, and where the page stands."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    return {"scopes": visible_scopes(request.user), "scope": getattr(request, "scope", None)}
