"""Headers of a proxy count only when one of our proxies sent them."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from ecsdash.access.client import is_trusted

HEADERS: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO")


class OnlyOwnProxies:
    """Django middleware: removes the headers by which a client could pretend to be another, or to use HTTPS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_trusted(request.META.get("REMOTE_ADDR", "")):
            for name in HEADERS:
                request.META.pop(name, None)
        return self.get_response(request)
