from django.http import HttpResponse
from django.shortcuts import render

from ecsdash.access.delegation import managed_teams, shown_grants
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import can
from ecsdash.access.requests import UserRequest
from ecsdash.access.targets import AccessTarget
from ecsdash.access.views.crumbs import below_settings


def index(request: UserRequest) -> HttpResponse:
    """The settings page: permissions of the signed-in user and, for administrators, links to all settings."""
    context = {
        "is_admin": can(request.user, Permission.ADMIN, AccessTarget()),
        "grants": shown_grants(request.user),
        "managed_teams": managed_teams(request.user),
        "crumbs": below_settings(),
    }
    return render(request, "access/settings.html", context)
