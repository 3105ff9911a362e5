"""The ID of a request: in its log lines, in the response, and kept by the operation that it starts."""

import re
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django_structlog.signals import bind_extra_request_finished_metadata

from ecsdash import tracing

if TYPE_CHECKING:
    from opentelemetry.trace import Span

HEADER: Final = "X-Request-ID"
KEY: Final = "HTTP_X_REQUEST_ID"
VALID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


def request_id(request: HttpRequest) -> str:
    return str(request.META.get(KEY, ""))


@receiver(bind_extra_request_finished_metadata)
def log_user(request: HttpRequest, log_kwargs: dict[str, Any], **_: Any) -> None:
    """Log who made the request, if it has read that: a health check reads nothing."""
    user = getattr(request, "_cached_user", None)  # set by django.contrib.auth
    if user is not None and user.pk:
        log_kwargs["user_id"] = user.pk


class RequestIds:
    """Middleware: keep the ID that a proxy or a client has given, if it is one; otherwise make one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not VALID.fullmatch(request_id(request)):
            request.META[KEY] = uuid.uuid4().hex
        with tracing.span(str(request.method), request_id(request), http__request__method=str(request.method)) as span:
            response = self.get_response(request)
            response.headers[HEADER] = request_id(request)
            if span is not None:
                _describe(span, request, response)
        return response


def _describe(span: "Span", request: HttpRequest, response: HttpResponse) -> None:
    """Name the span by the route: an address may hold what somebody typed."""
    match = request.resolver_match
    if match is not None:
        span.update_name(f"{request.method} /{match.route}")
        span.set_attribute("http.route", f"/{match.route}")
    span.set_attribute("http.response.status_code", response.status_code)
    span.set_attribute("ecsdash.request_id", request_id(request))
