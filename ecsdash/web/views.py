"""The small addresses of the frame: theme, rows per page, and health."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from ecsdash.web import health, preferences


def _back(request: HttpRequest) -> HttpResponse:
    address = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(address if safe else "/")


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
    return response


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
