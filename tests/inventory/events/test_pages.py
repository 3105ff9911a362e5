"""The pages of event feeds and the actions connect and disconnect."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.inventory.events.handlers import SOURCES
from ecsdash.inventory.models import DeadLetter, EventFeed, FeedProgress
from ecsdash.inventory.scope import Scope
from ecsdash.operations.plan import Level
from ecsdash.web import heartbeats
from tests.clusters.world import Desk, calls
from tests.users import REGION, make_account

PAGE = "/demo/eu-central-1/events/"


@pytest.fixture
def browser(client: Client, admin: User, desk: Desk) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def desk(db: None) -> Desk:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    return Desk(Scope(account, REGION))


def feed_of(desk: Desk, **values: object) -> EventFeed:
    found: EventFeed = desk.row(
        EventFeed, "ecsdash-events", **{"queue_url": "https://sqs/q", "connected": True, **values}
    )
    return found


def test_without_a_feed_the_page_offers_to_connect_one(browser: Client, desk: Desk) -> None:
    page = browser.get(PAGE).content.decode()
    assert "Not connected" in page
    assert f"{PAGE}connect/" in page


def test_the_list_of_feeds_offers_what_comes_next(browser: Client, desk: Desk) -> None:
    unconnected = browser.get("/settings/events/").content.decode()
    feed_of(desk)
    connected = browser.get("/settings/events/").content.decode()

    assert f"{PAGE}connect/" in unconnected
    assert f"{PAGE}connect/" not in connected


@pytest.mark.parametrize(("sources", "complete"), [(["aws.ecs"], False), (list(SOURCES), True)])
def test_a_rule_of_an_older_version_is_said_to_be_incomplete(
    browser: Client, desk: Desk, sources: list[str], complete: bool
) -> None:
    feed = feed_of(desk, description={"rule": {"EventPattern": json.dumps({"source": sources})}})
    FeedProgress.objects.create(feed=feed, polled_at=timezone.now())
    assert ("connect it again" in browser.get(PAGE).content.decode()) is not complete


@pytest.mark.parametrize(
    ("feed", "progress", "word"),
    [
        ({}, None, "Not read yet"),
        ({}, {}, "Active"),
        ({}, {"polled_at": "2026-01-01T00:00:00Z"}, "Not read"),
        ({}, {"error_code": "AccessDenied"}, "Failing"),
        ({"connected": False, "problem": "The rule is disabled."}, None, "The rule is disabled."),
    ],
)
def test_the_page_says_how_the_feed_stands(
    browser: Client, desk: Desk, feed: dict[str, object], progress: dict[str, object] | None, word: str
) -> None:
    row = feed_of(desk, **feed)
    if progress is not None:
        FeedProgress.objects.create(feed=row, **{"polled_at": timezone.now(), **progress})
    assert word in browser.get(PAGE).content.decode()
    assert browser.get("/settings/events/").status_code == 200


def test_dead_letters_are_shown_with_their_reason_and_escaped(browser: Client, desk: Desk) -> None:
    letter = {"message_id": "m1", "received_at": timezone.now(), "reason": "It is not JSON", "body": "<script>"}
    DeadLetter.objects.create(feed=feed_of(desk), **letter)
    page = browser.get(PAGE).content.decode()
    assert "It is not JSON" in page
    assert "&lt;script&gt;" in page


def test_connecting_makes_queue_policy_rule_and_target_in_order(desk: Desk, admin: User) -> None:
    plan = desk.review("connect_events", admin, {})
    assert calls(plan) == ["sqs.create_queue", "sqs.set_queue_attributes", "events.put_rule", "events.put_targets"]
    policy = plan.steps[1].params["Attributes"]["Policy"]
    assert '"aws:SourceArn": "arn:aws:events:eu-central-1:123456789012:rule/ecsdash-events"' in policy
    assert plan.steps[-1].until == "events_delivered"
    assert plan.checks[0].level is Level.WARN


def test_with_the_reader_alive_the_plan_has_nothing_to_warn_of(desk: Desk, admin: User) -> None:
    heartbeats.send("events")
    assert desk.review("connect_events", admin, {}).checks[0].level is Level.OK


def test_a_feed_that_is_connected_is_not_connected_again(desk: Desk, admin: User) -> None:
    feed_of(desk)
    assert desk.errors("connect_events", admin, {}) == {
        "__all__": ["The event feed of this region is already connected."]
    }


def test_disconnecting_goes_the_other_way(desk: Desk, admin: User) -> None:
    feed_of(desk, description={"rule": {"State": "ENABLED"}, "targets": [{"Id": "ecsdash", "Arn": "arn:q"}]})
    plan = desk.review("disconnect_events", admin, {})
    assert calls(plan) == ["events.remove_targets", "events.delete_rule", "sqs.delete_queue"]
    assert plan.undo is not None
    assert plan.undo.action == "connect_events"
