"""`/metrics`, for Prometheus, and the self-check page, for administrators."""

from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from ecsdash.access.client import client_ip
from ecsdash.access.decorators import require
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.views.crumbs import below_settings
from ecsdash.operating import self_check as checks
from ecsdash.operating.metrics.families import exposition


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All metrics, for those who know the token; without a token, for clients on this machine. Nobody else learns that
    the page exists."""
    if not _may_scrape(request):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


@require(Permission.ADMIN)
@require_safe
def self_check(request: UserRequest) -> HttpResponse:
    context = {
        "sections": checks.sections(),
        "kept": checks.kept(),
        "crumbs": below_settings(("Self-check", reverse("operating:self_check"))),
    }
    return render(request, "operating/self_check.html", context)


def _may_scrape(request: HttpRequest) -> bool:
    if token := settings.METRICS_TOKEN:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")
    try:
        return ip_address(client_ip(request)).is_loopback
    except ValueError:
        return False
