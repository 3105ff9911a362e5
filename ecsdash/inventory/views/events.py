"""Views of event feeds and their dead letters, for administrators."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.access import policy
from ecsdash.access.decorators import require
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.views.crumbs import below_settings
from ecsdash.inventory import changes
from ecsdash.inventory.events.status import FeedStatus, feed_statuses
from ecsdash.inventory.models import DeadLetter
from ecsdash.inventory.scope import PageRequest, Scope, scoped, visible_scopes
from ecsdash.web.heading import Heading
from ecsdash.web.polling import fragments
from ecsdash.web.polling.counters import Version

LETTERS = 50


@require(Permission.ADMIN)
@require_safe
def event_feeds(request: UserRequest) -> HttpResponse:
    scopes = visible_scopes(request.user)
    version = changes.version_of(scopes, "event_feeds")
    statuses = feed_statuses(scopes)
    context = {
        "feed_statuses": statuses,
        "crumbs": below_settings(("Event feeds", reverse("inventory:event_feeds"))),
    }
    fragment = _fragment("feeds", version, *statuses)
    return fragments.render(request, "inventory/event_feeds.html", context, fragment)


@require_safe
@scoped("event_feeds")
def event_feed(request: PageRequest, scope: Scope) -> HttpResponse:
    if not policy.can(request.user, Permission.ADMIN, scope.access_target()):
        raise Http404("No such page")
    version = changes.version_of(scope, "event_feeds")
    (feed_status,) = feed_statuses([scope])
    letters = DeadLetter.objects.filter(feed=feed_status.feed).order_by("-received_at")[:LETTERS]
    crumbs = below_settings(("Event feeds", reverse("inventory:event_feeds")), (f"Event feed of {scope}", request.path))
    heading = Heading(str(scope), "Event feed", feed_status.word, feed_status.tone)
    context = {"feed_status": feed_status, "letters": letters, "crumbs": crumbs, "heading": heading}
    return fragments.render(request, "inventory/event_feed.html", context, _fragment("feed", version, feed_status))


def _fragment(name: str, version: Version, *statuses: FeedStatus) -> fragments.Fragment:
    """Return the live fragment. Its version includes the feed status, which changes without a counter."""
    return fragments.Fragment(name, version.also(" ".join(each.version for each in statuses)), calls_view=True)
