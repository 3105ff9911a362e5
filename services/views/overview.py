"""The first page: the fleet across everything that the user may see."""

import time
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.access import policy
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import AccessTarget
from ecsdash.inventory import changes, viewers
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import visible_scopes
from ecsdash.web.polling import fragments
from services.selectors.overview import overview

NOUNS = ("clusters", "services", "tasks", "container_instances")
LATELY_SECONDS = 300


@require_safe
def fleet_overview(request: HttpRequest) -> HttpResponse:
    scopes = visible_scopes(cast(User, request.user))
    viewers.note((scope.account.pk, scope.region, noun) for scope in scopes for noun in NOUNS)

    version = changes.version_of(scopes, *NOUNS, "operations", "sweeps").also(_lately())

    def context() -> dict[str, Any]:
        return {
            "overview": overview(request.user, scopes),
            "freshness": freshness(scopes, *NOUNS) if scopes else None,
            "several": len(scopes) > 1,
            "first": scopes[0] if scopes else None,
            "may_add_account": not scopes and policy.can(request.user, Permission.ADMIN, AccessTarget()),
            "links": {
                name: reverse(url, kwargs=scopes[0].url_kwargs()) for name, url in LINKS.items()
            } if scopes else {},
            "crumbs": [("Overview", "")],
        }  # fmt: skip

    fragment = fragments.Fragment("overview", version=version, every=5)
    return fragments.render(request, "services/overview/overview.html", context, fragment)


def _lately() -> str:
    """Moves once in a while: what happened long ago is left out."""
    return str(int(time.time() / LATELY_SECONDS))


LINKS = {
    "clusters": "clusters:list",
    "services": "services:services",
    "tasks": "services:tasks",
    "deployments": "services:deployments",
}
