"""Django middleware against NUL characters, which PostgreSQL cannot store and which end a string in many libraries."""

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponseBadRequest, QueryDict
from django.http.response import HttpResponseBase


class RejectNul:
    """Answer 400 to a path, query or form that contains NUL. Drop cookies that contain it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        if any("\0" in text for text in _request_texts(request)):
            return HttpResponseBadRequest("Text with a NUL character is not accepted.")
        return self.get_response(request)


def _request_texts(request: HttpRequest) -> Iterator[str]:
    yield request.path_info
    for data in (request.GET, request.POST):
        yield from _names_and_values(data)


def _names_and_values(data: QueryDict) -> Iterator[str]:
    for name, values in data.lists():
        yield name
        yield from map(str, values)
