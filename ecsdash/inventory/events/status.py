"""Status of the event feed of one account and region."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.forms import model_to_dict

from ecsdash.inventory.events.coverage import COVERED_SECONDS
from ecsdash.inventory.events.handlers import SOURCES
from ecsdash.inventory.models import EventFeed, FeedProgress
from ecsdash.inventory.scope import Scope
from ecsdash.web import clock
from ecsdash.web.tone import Tone


@dataclass(frozen=True)
class FeedStatus:
    """`progress` is None until the events process has started to read the feed."""

    scope: Scope
    feed: EventFeed | None
    progress: FeedProgress | None

    @property
    def state(self) -> tuple[str, Tone, str]:
        """The status, its tone and its explanation."""
        if self.feed is None:
            return "Not connected", Tone.IDLE, "The inventory is refreshed by scans only."
        if not self.feed.connected:
            return "Incomplete", Tone.BAD, f"{self.feed.problem} The inventory is refreshed by scans only."
        if self.progress is None or self.progress.polled_at is None:
            return "Not read yet", Tone.PROGRESS, "The events process has not read this queue yet."
        if self.progress.error_code:
            return "Failing", Tone.BAD, f"{self.progress.error_code}: {self.progress.error}"
        if self.progress.polled_at < clock.now() - timedelta(seconds=COVERED_SECONDS):
            return (
                "Not read",
                Tone.WARN,
                "The events process is not running. The inventory is refreshed by scans. Start it: manage.py events.",
            )
        return "Active", Tone.OK, f"Changes arrive as events. Scans only reconcile the inventory.{_lacking(self.feed)}"

    @property
    def version(self) -> str:
        """Text that changes with everything that a page shows of the feed."""
        rows = [model_to_dict(row) for row in (self.feed, self.progress) if row]
        return f"{self.scope} {self.state} {rows}"

    @property
    def word(self) -> str:
        return self.state[0]

    @property
    def tone(self) -> Tone:
        return self.state[1]

    @property
    def meaning(self) -> str:
        return self.state[2]


def _lacking(feed: EventFeed) -> str:
    """Return what the rule of an older version does not send; empty if it sends everything."""
    pattern = json.loads(feed.description.get("rule", {}).get("EventPattern") or "{}")
    if not pattern or set(SOURCES) <= set(pattern.get("source", ())):
        return ""
    return (
        " The rule does not send calls of load balancing and scaling that are made outside the dashboard: disconnect "
        "the feed and connect it again."
    )


def feed_statuses(scopes: Iterable[Scope]) -> list[FeedStatus]:
    selected = list(scopes)
    feeds = EventFeed.objects.filter(gone_at=None, account__in=[scope.account for scope in selected])
    by_scope = {(feed.account_id, feed.region): feed for feed in feeds.select_related("progress")}
    return [_feed_status(scope, by_scope.get((scope.account.pk, scope.region))) for scope in selected]


def _feed_status(scope: Scope, feed: EventFeed | None) -> FeedStatus:
    return FeedStatus(scope, feed, getattr(feed, "progress", None))
