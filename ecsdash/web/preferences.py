"""What a person has chosen about the look. Kept in cookies: it needs no row, and the first byte already knows it."""

from django.http import HttpRequest, HttpResponse

THEMES = ("system", "light", "dark")
PAGE_SIZES = (25, 50, 100, 250)
YEAR = 365 * 86400


def theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else "system"


def page_size(request: HttpRequest) -> int:
    chosen = request.COOKIES.get("rows", "")
    return next((size for size in PAGE_SIZES if chosen == str(size)), PAGE_SIZES[1])


def remember(response: HttpResponse, name: str, value: str, *, secure: bool) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
