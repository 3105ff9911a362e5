"""The feeds of events: how they stand, and the messages that nobody could apply. For administrators."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.access import policy
from ecsdash.access.decorators import require
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission
from ecsdash.access.views.crumbs import below_settings
from ecsdash.inventory.events.standing import standings
from ecsdash.inventory.models import DeadLetter
from ecsdash.inventory.scope import Scope, scoped, visible_scopes
from ecsdash.web import live

LETTERS = 50


@require(Permission.ADMIN)
@require_safe
def event_feeds(request: HttpRequest) -> HttpResponse:
    found = standings(visible_scopes(cast(User, request.user)))
    context = {
        "standings": found,
        "crumbs": below_settings(("Event feeds", reverse("inventory:event_feeds"))),
    }
    version = " ".join(standing.version for standing in found)
    return live.render(request, "inventory/event_feeds.html", context, live.Fragment("feeds", version))


@require_safe
@scoped("event_feeds")
def event_feed(request: HttpRequest, scope: Scope) -> HttpResponse:
    if not policy.can(request.user, Permission.ADMIN, scope.where()):
        raise Http404("No such page")
    (standing,) = standings([scope])  # which tells how many letters there are
    letters = DeadLetter.objects.filter(feed=standing.feed).order_by("-received_at")[:LETTERS]
    crumbs = [("Event feeds", reverse("inventory:event_feeds")), (f"Events of {scope}", request.path)]
    context = {"standing": standing, "letters": letters, "crumbs": crumbs}
    return live.render(request, "inventory/event_feed.html", context, live.Fragment("feed", standing.version))
