"""While events are read, sweeps only reconcile; when events stop, regular sweeps resume."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ecsdash.inventory import health, viewers
from ecsdash.inventory.events import coverage
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.models import EventFeed, FeedProgress, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import run, schedule
from ecsdash.web.health import NotReadyError


@pytest.fixture
def feed(connected_feed: EventFeed) -> EventFeed:
    """Set the feed as read just now."""
    FeedProgress.objects.update(polled_at=timezone.now())
    return connected_feed


def state_of(feed: EventFeed, noun: str, **values: Any) -> SweepState:
    defaults = {"started_at": timezone.now(), "completed_at": timezone.now(), **values}
    found, _ = SweepState.objects.update_or_create(
        account=feed.account, region=feed.region, noun=noun, defaults=defaults
    )
    return found


def due(feed: EventFeed) -> set[str]:
    place = {"account_id": feed.account_id, "region": feed.region}
    return {each.noun for each in run.due_states() if (each.account_id, each.region) == tuple(place.values())}


def test_while_events_flow_sweeps_only_reconcile(feed: EventFeed) -> None:
    ago = timezone.now() - timedelta(seconds=300)
    for noun in ("tasks", "services", "container_instances", "clusters"):
        state_of(feed, noun, started_at=ago, completed_at=ago, in_progress_until=timezone.now() + timedelta(seconds=20))
    assert not due(feed) & {"tasks", "services", "container_instances"}
    assert "clusters" in due(feed)

    ago -= timedelta(seconds=301)
    state_of(feed, "tasks", started_at=ago, completed_at=ago)
    state_of(feed, "services", started_at=ago, completed_at=ago, seconds=700)
    assert "tasks" in due(feed)
    assert "services" not in due(feed), "a sweep that the request buckets make long rests as long"


@pytest.mark.parametrize(("age", "looks", "swept"), [(299, False, False), (301, False, True), (16, True, True)])
def test_while_events_flow_what_they_do_not_tell_can_wait_unless_somebody_looks(
    feed: EventFeed, age: int, looks: bool, swept: bool
) -> None:
    ago = timezone.now() - timedelta(seconds=age)
    state_of(feed, "clusters", started_at=ago, completed_at=ago)
    if looks:
        viewers.note([(feed.account_id, feed.region, "clusters")])
    assert ("clusters" in due(feed)) is swept


def test_an_account_whose_events_are_read_answers_though_its_sweeps_rest(feed: EventFeed) -> None:
    ago = timezone.now() - timedelta(seconds=299)
    state_of(feed, "clusters", started_at=ago, completed_at=ago)
    health.aws_answers()
    FeedProgress.objects.update(error_code="AccessDenied")
    with pytest.raises(NotReadyError):
        health.aws_answers()


def test_a_sweep_that_was_asked_for_is_soon_made_though_events_flow(feed: EventFeed) -> None:
    state_of(feed, "services")
    schedule.sweep_at_once(feed.account, feed.region, ["services"])
    assert "services" not in due(feed)
    ago = timezone.now() - timedelta(seconds=16)
    state_of(feed, "services", started_at=ago, completed_at=ago)
    assert "services" in due(feed)


@pytest.mark.parametrize(
    "change", [{"polled_at": "2026-01-01T00:00:00Z"}, {"error_code": "AccessDenied"}], ids=["quiet", "failing"]
)
def test_when_the_feed_stops_polling_comes_back_by_itself(feed: EventFeed, change: dict[str, Any]) -> None:
    assert coverage.covered_scopes()
    FeedProgress.objects.update(**change)
    assert not coverage.covered_scopes()
    ago = timezone.now() - timedelta(seconds=61)
    state_of(feed, "tasks", started_at=ago, completed_at=ago)
    assert "tasks" in due(feed)


def test_what_events_tell_is_as_fresh_as_they_were_read(feed: EventFeed) -> None:
    ago = timezone.now() - timedelta(seconds=300)
    state_of(feed, "tasks", started_at=ago, completed_at=ago)
    scope = Scope(feed.account, feed.region)
    assert freshness(scope, "tasks").seen_at == FeedProgress.objects.get().polled_at
    FeedProgress.objects.update(polled_at=None)
    assert freshness(scope, "tasks").seen_at == ago
