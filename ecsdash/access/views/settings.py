from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ecsdash.access.permissions import Permission
from ecsdash.access.policy import Where, can, effective_grants
from ecsdash.access.views.crumbs import below_settings


def index(request: HttpRequest) -> HttpResponse:
    """What the signed-in user may do and where; for administrators the way to people and grants too."""
    context = {
        "is_admin": can(request.user, Permission.ADMIN, Where()),
        "grants": effective_grants(request.user),
        "crumbs": below_settings(),
    }
    return render(request, "access/settings.html", context)
