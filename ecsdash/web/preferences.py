"""A person's display preferences: theme, rows per page, columns of tables.

Theme and page size are in cookies, so they are known without a query. Page size and columns are also stored in
`User.preferences`, which every request loads anyway, so that they apply in every browser.

The response to a poll is shared by everybody with the same grants, so it must not depend on the person. A page that
shows personal settings adds them to the parameters of its polls: `ecsdash.web.polling.fragments.add_poll_parameter`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from ecsdash.web.polling import fragments

THEMES = ("system", "light", "dark")
PAGE_SIZES = (25, 50, 100, 250)
COOKIE_SECONDS = 365 * 86400
ROWS_PARAMETER: Final = fragments.PERSONAL_PREFIX + "rows"
MAX_TABLES: Final = 100


def theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else "system"


def page_size(request: HttpRequest) -> int:
    """Return the number of rows per page, from the cookie or else from the stored preferences."""
    if size := _size(request.COOKIES.get("rows")) or _size(
        request.GET.get(ROWS_PARAMETER) if fragments.is_poll(request) else None
    ):
        return size
    if size := _size(stored_preferences(request).get("rows")):
        fragments.add_poll_parameter(request, ROWS_PARAMETER, str(size))
        return size
    return PAGE_SIZES[1]


def _size(text: Any) -> int:
    """Return the page size written in a text; 0 when it is none of PAGE_SIZES."""
    return next((size for size in PAGE_SIZES if str(size) == str(text)), 0)


def set_cookie(response: HttpResponse, name: str, value: str, *, secure: bool) -> None:
    response.set_cookie(name, value, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True, secure=secure)


def stored_preferences(request: HttpRequest) -> Mapping[str, Any]:
    """Return the stored preferences of the signed-in person; none for a poll."""
    stored = None if fragments.is_poll(request) else getattr(getattr(request, "user", None), "preferences", None)
    return stored if isinstance(stored, dict) else {}


def own_columns(request: HttpRequest) -> Mapping[str, Any]:
    """Return the person's choices of columns: table name -> choice."""
    found = stored_preferences(request).get("columns")
    return found if isinstance(found, dict) else {}


def store_rows(request: HttpRequest, size: str) -> None:
    _store(request, lambda stored: {**stored, "rows": int(size)})


def store_columns(request: HttpRequest, table: str, choice: list[str]) -> None:
    """Store a choice of columns. An empty one deletes the stored one."""

    def changed(stored: dict[str, Any]) -> dict[str, Any]:
        others = {name: each for name, each in stored.get("columns", {}).items() if name != table}
        choices = {**others, table: choice} if choice else others
        return {**stored, "columns": dict(list(choices.items())[-MAX_TABLES:])}

    _store(request, changed)


@transaction.atomic
def _store(request: HttpRequest, changed: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Update the preferences column only: `User.save` would signal that access rights have changed."""
    users: Any = get_user_model()._default_manager
    user = users.filter(pk=request.user.pk)
    stored = user.select_for_update().values_list("preferences", flat=True).get()
    user.update(preferences=changed(stored))
