"""Messages are applied by version, once, in any order; invalid ones become dead letters."""

import json
from typing import Any

import pytest
from django.db import OperationalError

from ecsdash.inventory import store
from ecsdash.inventory.events.handlers import PoisonError, parse
from ecsdash.inventory.events.intake import BatchResult, apply_batch
from ecsdash.inventory.models import DeadLetter, EventFeed, FeedProgress, PendingDescribe
from ecsdash.inventory.scope import Scope
from services.models import Service, Task
from services.sync.tasks import record_of
from tests.inventory.events.conftest import event, messages
from tests.users import REGION

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/shop"
SERVICE = "arn:aws:ecs:eu-central-1:123456789012:service/shop/web"
TASK = "ECS Task State Change"


@pytest.fixture
def feed(connected_feed: EventFeed) -> EventFeed:
    return connected_feed


def detail(version: int, status: str = "RUNNING", name: str = "t1", **more: Any) -> dict[str, Any]:
    return {
        "taskArn": f"arn:aws:ecs:eu-central-1:123456789012:task/shop/{name}",
        "clusterArn": CLUSTER,
        "taskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1",
        "group": "service:web",
        "lastStatus": status,
        "desiredStatus": "RUNNING",
        "createdAt": "2027-01-15T08:00:00.000Z",
        "updatedAt": "2027-01-15T08:00:09.000Z",
        "version": version,
        **more,
    }


def task(version: int, status: str = "RUNNING", name: str = "t1", **more: Any) -> str:
    return event(TASK, detail(version, status, name, **more))


def give(feed: EventFeed, *bodies: str) -> BatchResult:
    return apply_batch(feed, messages(*bodies))


def status(name: str = "t1") -> tuple[str, int]:
    found = Task.objects.get(name=name)
    return found.last_status, found.version


def test_the_newest_of_a_shuffled_batch_wins(feed: EventFeed) -> None:
    outcome = give(feed, task(2, "PENDING"), task(4, "STOPPED"), task(3), task(4, "STOPPED"))
    assert status() == ("STOPPED", 4)
    assert (outcome.applied, outcome.ignored) == (1, 3)


def test_an_older_event_changes_nothing(feed: EventFeed) -> None:
    give(feed, task(3))
    assert give(feed, task(2, "PENDING")) == BatchResult(applied=0, ignored=1)
    assert status() == ("RUNNING", 3)


def test_the_same_event_again_changes_nothing_and_touches_nothing(feed: EventFeed) -> None:
    give(feed, task(3))
    PendingDescribe.objects.all().delete()
    assert give(feed, task(3)).pending is False
    assert not PendingDescribe.objects.exists()


def test_an_event_older_than_what_a_sweep_wrote_changes_nothing(feed: EventFeed) -> None:
    described = record_of({key: value for key, value in detail(5, "STOPPED").items() if key != "updatedAt"})
    store.upsert(Task, Scope(feed.account, REGION), [described], "tasks")
    give(feed, task(4))
    assert status() == ("STOPPED", 5)


def test_a_sweep_older_than_an_event_changes_nothing(feed: EventFeed) -> None:
    give(feed, task(5, "STOPPED"))
    described = record_of(detail(4))
    store.upsert(Task, Scope(feed.account, REGION), [described], "tasks")
    assert status() == ("STOPPED", 5)


def test_a_task_touches_its_service_once(feed: EventFeed) -> None:
    give(feed, task(1), task(2, name="t2"), event("ECS Service Action", {"eventName": "SERVICE_STEADY_STATE"}, SERVICE))
    assert list(PendingDescribe.objects.values_list("noun", "arn")) == [("services", SERVICE)]


def test_an_event_of_a_kind_that_nobody_handles_is_ignored(feed: EventFeed) -> None:
    assert give(feed, event("ECS Something New", {})) == BatchResult(ignored=1)
    assert not DeadLetter.objects.exists()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{not json", "It is not JSON"),
        ("[1]", "It does not have the structure of an event"),
        (event(TASK, {}, source="aws.ec2"), "Its source is 'aws.ec2', not one of aws.ecs"),
        (event(TASK, {"lastStatus": "RUNNING"}), "KeyError: 'taskDefinitionArn'"),
        (
            event(TASK, detail(1) | {"createdAt": "yesterday"}),
            "It does not have the structure of an event: Invalid isoformat",
        ),
        (event("ECS Service Action", {}), "The event names no service with its cluster"),
        (task(1, "X" * 300), "DataError"),
        (task(1, stoppedReason="\0"), "DataError"),
    ],
)
def test_poison_is_put_aside_and_the_rest_is_applied(feed: EventFeed, body: str, reason: str) -> None:
    outcome = give(feed, task(1, name="before"), body, task(1, name="after"))
    letter = DeadLetter.objects.get()
    assert letter.reason.startswith(reason)
    assert letter.message_id == "m1"
    assert (outcome.applied, outcome.dead) == (2, 1)
    assert {row.name for row in Task.objects.all()} == {"before", "after"}


def test_a_dead_letter_that_comes_again_is_kept_once(feed: EventFeed) -> None:
    give(feed, "poison")
    give(feed, "poison")
    assert DeadLetter.objects.count() == 1


def test_a_dead_letter_shows_no_secret(feed: EventFeed) -> None:
    give(feed, json.dumps({"overrides": {"environment": [{"name": "DB_PASSWORD", "value": "hunter2"}]}}))
    assert "DB_PASSWORD" in DeadLetter.objects.get().body
    assert "hunter2" not in DeadLetter.objects.get().body


def test_when_the_database_fails_nothing_is_applied_and_it_is_said(
    feed: EventFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("ecsdash.inventory.events.intake._store_progress", down)
    with pytest.raises(OperationalError):
        give(feed, task(1), "poison")
    assert not Task.objects.exists()
    assert not DeadLetter.objects.exists()


def test_the_progress_counts_every_message(feed: EventFeed) -> None:
    give(feed, task(1), task(1), "poison", event("ECS Something New", {}))
    found = FeedProgress.objects.get()
    assert (found.received, found.applied, found.ignored, found.dead) == (4, 1, 2, 1)
    assert found.polled_at is not None
    assert found.lag is not None


def test_times_of_events_become_times() -> None:
    found = parse(task(1))
    assert found.detail["createdAt"].isoformat() == "2027-01-15T08:00:00+00:00"
    assert found.happened_at.second == 9
    with pytest.raises(PoisonError):
        parse('{"detail": 5}')


def test_services_are_not_made_up(feed: EventFeed) -> None:
    give(feed, task(1))
    assert not Service.objects.exists()
