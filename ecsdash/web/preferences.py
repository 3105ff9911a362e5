"""What a person has chosen about the look.

Theme and page size are in cookies: they need no row, and the first byte already knows them. Page size and columns are
also kept in the row of the person, which every request reads anyway, so that they are the same in another browser.

A poll is answered for all who have the same grants at once, so nothing of a person may be read for it: a page whose
look depends on what its person keeps has its polls ask for it (`ecsdash.web.polling.fragments.ask_with`).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from ecsdash.web.polling import fragments

THEMES = ("system", "light", "dark")
PAGE_SIZES = (25, 50, 100, 250)
YEAR = 365 * 86400
ROWS: Final = fragments.OWN + "rows"
MOST_TABLES: Final = 100


def theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else "system"


def page_size(request: HttpRequest) -> int:
    """Return the rows of a page: what the cookie says, else what the person keeps."""
    if size := _size(request.COOKIES.get("rows")) or _size(
        request.GET.get(ROWS) if fragments.is_poll(request) else None
    ):
        return size
    if size := _size(own(request).get("rows")):
        fragments.ask_with(request, ROWS, str(size))
        return size
    return PAGE_SIZES[1]


def _size(text: Any) -> int:
    return next((size for size in PAGE_SIZES if str(size) == str(text)), 0)


def remember(response: HttpResponse, name: str, value: str, *, secure: bool) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)


def own(request: HttpRequest) -> Mapping[str, Any]:
    """Return what the signed-in person keeps; nothing for a poll."""
    kept = None if fragments.is_poll(request) else getattr(getattr(request, "user", None), "preferences", None)
    return kept if isinstance(kept, dict) else {}


def own_columns(request: HttpRequest) -> Mapping[str, Any]:
    """Return the person's choices of columns by table."""
    found = own(request).get("columns")
    return found if isinstance(found, dict) else {}


def keep_rows(request: HttpRequest, size: str) -> None:
    _keep(request, lambda kept: {**kept, "rows": int(size)})


def keep_columns(request: HttpRequest, table: str, choice: list[str]) -> None:
    """Keep a choice of columns; an empty one is forgotten."""

    def changed(kept: dict[str, Any]) -> dict[str, Any]:
        others = {name: each for name, each in kept.get("columns", {}).items() if name != table}
        choices = {**others, table: choice} if choice else others
        return {**kept, "columns": dict(list(choices.items())[-MOST_TABLES:])}

    _keep(request, changed)


@transaction.atomic
def _keep(request: HttpRequest, changed: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """By an update of that column alone: to save a user says that access has changed."""
    everybody: Any = get_user_model()._default_manager
    people = everybody.filter(pk=request.user.pk)
    kept = people.select_for_update().values_list("preferences", flat=True).get()
    people.update(preferences=changed(kept))
