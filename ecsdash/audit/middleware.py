"""Record refused writes: responses 403, 404 and 429 to requests that would change something."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import csrf

from ecsdash.access.client import client_ip
from ecsdash.access.models import User
from ecsdash.audit.refusals import refuse

SAFE: Final = {"GET", "HEAD", "OPTIONS", "TRACE"}
ACTIONS: Final = {403: "forbidden", 404: "not_found", 429: "rate_limited"}
LONGEST_PATH: Final = 300
CSRF_REASON: Final = "ecsdash.csrf_reason"  # in request.META


class RecordRefusals:
    """Inside of the authentication, so that it knows the user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code in ACTIONS and request.method not in SAFE:
            _record(request, response.status_code)
        return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a request without a valid CSRF token as Django does, and keep the reason for the record."""
    request.META[CSRF_REASON] = reason
    return csrf.csrf_failure(request, reason)


def _record(request: HttpRequest, status: int) -> None:
    csrf_reason: str = request.META.get(CSRF_REASON, "")
    match = request.resolver_match
    places: dict[str, Any] = match.kwargs if match else {}
    refuse(
        "csrf_failure" if csrf_reason else ACTIONS[status],
        actor=request.user if isinstance(request.user, User) else None,
        source_ip=client_ip(request),
        reason=csrf_reason[:LONGEST_PATH],
        detail={"method": request.method, "path": request.path[:LONGEST_PATH], "route": match.route if match else ""},
        **{name: str(places[name]) for name in ("account", "region", "cluster", "service") if name in places},
    )
