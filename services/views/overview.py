"""Overview page: all accounts and regions that the user may see."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory import changes, viewers
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import PageRequest, Scope, visible_scopes
from ecsdash.web.polling import fragments
from services.models import TaskDefinition
from services.selectors.overview import overview

NOUNS = ("clusters", "services", "tasks", "container_instances")
ALSO_SHOWN = ("service_deployments", "operations", "external_changes", "sweeps")
REFRESH_SECONDS = 300


@dataclass(frozen=True)
class NextStep:
    """A step from an empty account to the first service; `url` is empty without permission."""

    title: str
    text: str
    url: str
    done: bool


@require_safe
def fleet_overview(request: PageRequest) -> HttpResponse:
    scopes = visible_scopes(request.user)
    noted = (*NOUNS, "service_deployments")  # a deployment from elsewhere may be over before a sweep sees it
    viewers.note((scope.account.pk, scope.region, noun) for scope in scopes for noun in noted)

    version = changes.version_of(scopes, *NOUNS, *ALSO_SHOWN).also(_current_interval())

    def context() -> dict[str, Any]:
        found, state = overview(request.user, scopes), freshness(scopes, *NOUNS) if scopes else None
        empty = state is not None and not state.loading and not found.fleet.number
        return {
            "overview": found,
            "freshness": state,
            "steps": next_steps(request.user, scopes, clusters=found.counts.clusters) if empty else [],
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


def next_steps(user: Any, scopes: Sequence[Scope], *, clusters: int) -> list[NextStep]:
    """Return the next steps in accounts without services, with links if the user has the permission."""
    registered = TaskDefinition.objects.visible_to(user).present().filter(status="ACTIVE").exists()
    cluster = _first_url("actions:create_cluster", user, scopes)
    definition = _first_url("actions:register_task_definition", user, scopes)
    service = _first_url("services:service_new", user, scopes) if clusters and registered else ""
    return [
        NextStep(
            "Create a cluster", "A cluster groups services and the capacity on which they run.", cluster, clusters > 0
        ),
        NextStep(
            "Register a task definition",
            "A task definition sets the images, sizes and settings of a task.",
            definition,
            registered,
        ),
        NextStep("Create a service", "A service keeps the desired number of tasks running.", service, done=False),
    ]


def _first_url(name: str, user: Any, scopes: Sequence[Scope]) -> str:
    """Return the URL in the first scope in which the user may create resources; empty if there is none."""
    writable = (each for each in scopes if not each.account.read_only)
    first = next((each for each in writable if policy.can_within(user, Permission.OPERATE, each.access_target())), None)
    return reverse(name, kwargs=first.url_kwargs()) if first else ""


def _current_interval() -> str:
    """Return a version part that changes every REFRESH_SECONDS, because old entries disappear with time."""
    return str(int(time.time() / REFRESH_SECONDS))


LINKS = {
    "clusters": "clusters:list",
    "services": "services:services",
    "tasks": "services:tasks",
    "deployments": "services:deployments",
}
