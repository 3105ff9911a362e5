from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponseBase

from ecsdash.access.permissions import Permission
from ecsdash.access.policy import Where, can

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def require(permission: Permission) -> Callable[[View[P]], View[P]]:
    """View decorator for installation-wide pages: raise Http404 unless the user has the permission everywhere."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not can(request.user, permission, Where()):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate
