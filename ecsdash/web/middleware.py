"""No NUL reaches a view: no text has one, PostgreSQL stores none, and many libraries end a text there."""

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponseBadRequest, QueryDict
from django.http.response import HttpResponseBase


class NoNul:
    """Refuse an address, a query or a posted form that contains NUL; leave out a cookie that does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        if any("\0" in text for text in _sent(request)):
            return HttpResponseBadRequest("Text with a NUL character is not accepted.")
        return self.get_response(request)


def _sent(request: HttpRequest) -> Iterator[str]:
    yield request.path_info
    for data in (request.GET, request.POST):
        yield from _words(data)


def _words(data: QueryDict) -> Iterator[str]:
    for name, values in data.lists():
        yield name
        yield from map(str, values)
