"""The small addresses of the frame: theme, rows per page, columns of tables, and health."""

import re
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from ecsdash.web import health, preferences
from ecsdash.web.tables import column_choice

TABLE_NAME = re.compile(r"[\w-]{1,40}")


def _back(request: HttpRequest, **words: str) -> HttpResponse:
    """Redirect to the page that the form was on, with some words of its address changed; an empty one is left out."""
    address = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect("/")
    if not words:
        return HttpResponseRedirect(address)
    parts = urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    for word, value in words.items():
        query.setlist(word, [value] if value else [])
    return HttpResponseRedirect(urlunsplit(parts._replace(query=query.urlencode())))


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    if theme not in preferences.THEMES:
        return HttpResponseBadRequest("theme must be one of " + ", ".join(preferences.THEMES))
    response = _back(request)
    preferences.remember(response, "theme", theme, secure=request.is_secure())
    return response


@require_POST
def choose_rows(request: HttpRequest) -> HttpResponse:
    rows = request.POST.get("rows", "")
    if rows not in {str(size) for size in preferences.PAGE_SIZES}:
        return HttpResponseBadRequest("rows must be one of " + ", ".join(map(str, preferences.PAGE_SIZES)))
    response = _back(request)
    preferences.remember(response, "rows", rows, secure=request.is_secure())
    preferences.keep_rows(request, rows)
    return response


@require_POST
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Keep, forget, or only show the columns that the form of a table (components/columns.html) says.

    A button that moves a column leads back to the form, with the new order in its address.
    """
    asked = request.POST
    table, prefix, act = asked.get("table", ""), asked.get("prefix", ""), asked.get("act", "")
    if not TABLE_NAME.fullmatch(table):
        return HttpResponseBadRequest("table must be the name of a table")
    columns, choose, arranged = (prefix + word for word in ("columns", "choose", "arranged"))
    choice = column_choice.posted(asked.getlist("order"), asked.getlist("columns"), asked.get("move", ""))
    if asked.get("move"):
        return _back(request, **{choose: "columns", arranged: ",".join(choice)})
    if act == "show":
        return _back(request, **{columns: ",".join(key for key in choice if not key.startswith("-"))})
    before = column_choice.kept(preferences.own_columns(request), table)
    preferences.keep_columns(request, table, [] if act == "reset" else column_choice.merged(before, choice))
    return _back(request, **{columns: ""})


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """This process is alive; nothing more is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """All that the product needs in order to work, each with its state; 503 when one is missing."""
    results = health.report()
    ready = all(result.ok for result in results.values())
    checks = {name: {"ok": result.ok, "detail": result.detail} for name, result in results.items()}
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)
