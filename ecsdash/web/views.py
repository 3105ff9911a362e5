"""Views of the layout: theme, rows per page, columns of tables; and the health checks."""

import re
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from ecsdash.web import health, preferences
from ecsdash.web.tables import column_choice

TABLE_NAME = re.compile(r"[\w-]{1,40}")


def _redirect_back(request: HttpRequest, **parameters: str) -> HttpResponse:
    """Return a redirect to the page with the form, with some of its URL parameters changed. Empty ones are left out."""
    address = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect("/")
    if not parameters:
        return HttpResponseRedirect(address)
    parts = urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    for name, value in parameters.items():
        query.setlist(name, [value] if value else [])
    return HttpResponseRedirect(urlunsplit(parts._replace(query=query.urlencode())))


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    if theme not in preferences.THEMES:
        return HttpResponseBadRequest("theme must be one of " + ", ".join(preferences.THEMES))
    response = _redirect_back(request)
    preferences.set_cookie(response, "theme", theme, secure=request.is_secure())
    return response


@require_POST
def choose_rows(request: HttpRequest) -> HttpResponse:
    rows = request.POST.get("rows", "")
    if rows not in {str(size) for size in preferences.PAGE_SIZES}:
        return HttpResponseBadRequest("rows must be one of " + ", ".join(map(str, preferences.PAGE_SIZES)))
    response = _redirect_back(request)
    preferences.set_cookie(response, "rows", rows, secure=request.is_secure())
    preferences.store_rows(request, rows)
    return response


@require_POST
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Store, reset or only show the columns chosen in the form of a table (components/columns.html).

    A button that moves a column redirects to the form, with the new order in the URL.
    """
    posted = request.POST
    table, prefix, action = posted.get("table", ""), posted.get("prefix", ""), posted.get("act", "")
    if not TABLE_NAME.fullmatch(table):
        return HttpResponseBadRequest("table must be the name of a table")
    columns, choose, arranged = (prefix + name for name in ("columns", "choose", "arranged"))
    choice = column_choice.posted(posted.getlist("order"), posted.getlist("columns"), posted.get("move", ""))
    if posted.get("move"):
        return _redirect_back(request, **{choose: "columns", arranged: ",".join(choice)})
    if action == "show":
        return _redirect_back(request, **{columns: ",".join(key for key in choice if not key.startswith("-"))})
    before = column_choice.stored(preferences.own_columns(request), table)
    preferences.store_columns(request, table, [] if action == "reset" else column_choice.merged(before, choice))
    return _redirect_back(request, **{columns: ""})


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Return 200 while this process is alive."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Return the state of everything that the product needs; 503 when something is missing."""
    results = health.report()
    ready = all(result.ok for result in results.values())
    checks = {name: {"ok": result.ok, "detail": result.detail} for name, result in results.items()}
    content = {"ready": ready, "checks": checks, "warnings": health.warnings(), "processes": health.processes()}
    return JsonResponse(content, status=200 if ready else 503)
