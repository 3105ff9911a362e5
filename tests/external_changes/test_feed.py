"""Changes that EventBridge reports through the event feed, before CloudTrail's event history has them."""

import threading
import uuid

import pytest

from ecsdash.access.models import User
from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.events import reader
from ecsdash.inventory.events.consumer import connected
from ecsdash.inventory.events.reader import Reader
from ecsdash.sandbox.scenarios import event_feed
from ecsdash.sandbox.scenarios.clients import Clients
from tests.external_changes.elsewhere import SERVICE, Elsewhere, recorded
from tests.users import REGION


@pytest.fixture
def feed(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A connected feed, and a trail that records the account."""
    monkeypatch.setattr(reader, "SETTLE_SECONDS", 0)
    event_feed.build(Clients(elsewhere.sandbox.url, REGION))
    bucket = f"trail-{uuid.uuid4()}"  # moto remembers the names of deleted buckets
    elsewhere.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    elsewhere.client("cloudtrail").create_trail(Name="all", S3BucketName=bucket)
    elsewhere.client("cloudtrail").start_logging(Name="all")
    elsewhere.sweep("event_feeds")
    (row,) = connected()
    return Reader(row, threading.Event(), wait=0)


def test_a_call_appears_with_the_next_message_and_cloudtrail_does_not_double_it(
    elsewhere: Elsewhere, feed: Reader
) -> None:
    elsewhere.change_service(desiredCount=5)
    feed.receive()
    (event,) = recorded()
    assert event.changes == [{"path": "desiredCount", "before": 2, "after": 5}]
    assert elsewhere.change().source == "EventBridge"
    elsewhere.read()
    feed.receive()
    assert len(recorded()) == 1


def test_what_cloudtrail_had_first_is_not_doubled_by_the_feed(elsewhere: Elsewhere, feed: Reader) -> None:
    elsewhere.change_service(desiredCount=5)
    elsewhere.read()
    feed.receive()
    assert len(recorded()) == 1
    assert elsewhere.change().source == "CloudTrail"


def test_calls_of_load_balancing_arrive_too(elsewhere: Elsewhere, feed: Reader) -> None:
    subnets = elsewhere.subnets()
    elsewhere.client("elbv2").create_load_balancer(Name="web", Subnets=subnets)
    feed.receive()
    assert [event.detail["call"] for event in recorded()] == ["elbv2.create_load_balancer"]


def test_our_own_calls_are_not_external_in_the_feed(elsewhere: Elsewhere, feed: Reader, admin: User) -> None:
    elsewhere.do("scale_service", admin, {"desired_count": 3}, **SERVICE)
    feed.receive()
    assert not ExternalChange.objects.exists()
    assert not recorded()


def test_without_a_trail_eventbridge_reports_no_calls(elsewhere: Elsewhere, feed: Reader) -> None:
    elsewhere.client("cloudtrail").stop_logging(Name="all")
    elsewhere.change_service(desiredCount=5)
    feed.receive()
    assert not recorded()
