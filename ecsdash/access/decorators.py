from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpResponseBase

from ecsdash.access.authentication import require_recent_proof
from ecsdash.access.delegation import is_administrator, managed_teams
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import can
from ecsdash.access.requests import UserRequest
from ecsdash.access.targets import AccessTarget

P = ParamSpec("P")
View = Callable[Concatenate[UserRequest, P], HttpResponseBase]


def require(permission: Permission) -> Callable[[View[P]], View[P]]:
    """View decorator for installation-wide pages: raise Http404 unless the user has the permission everywhere."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: UserRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not can(request.user, permission, AccessTarget()):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def require_manager(view: View[P]) -> View[P]:
    """View decorator for pages of teams: raise Http404 unless the user is an administrator or manages a team. The view
    finds the team."""

    @wraps(view)
    def guarded(request: UserRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_administrator(request.user) and not managed_teams(request.user).exists():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def require_proof(view: View[P]) -> View[P]:
    """View decorator: ask the user to prove again who they are unless they did so within the last minutes."""

    @wraps(view)
    def guarded(request: UserRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        require_recent_proof(request)
        return view(request, *args, **kwargs)

    return guarded
