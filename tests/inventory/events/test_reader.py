"""Messages are deleted only after they are stored; after any failure in between they are received again."""

import threading
import time
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from ecsdash.inventory import viewers
from ecsdash.inventory.events import reader
from ecsdash.inventory.events.consumer import Consumer
from ecsdash.inventory.events.intake import BatchResult, Message, apply_batch
from ecsdash.inventory.events.reader import Reader
from ecsdash.inventory.models import EventFeed, PendingDescribe
from services.models import Task
from tests.inventory.events.conftest import Feed, event
from tests.inventory.events.test_intake import SERVICE, TASK, detail
from tests.processes import until


def tell(feed: Feed, *versions: int) -> None:
    feed.send(*(event(TASK, detail(version, name=f"t{version}")) for version in versions))


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make received messages visible again immediately."""
    monkeypatch.setattr(reader, "HIDDEN_SECONDS", 0)


@pytest.mark.usefixtures("_impatient")
def test_after_a_crash_between_storing_and_deleting_they_come_again_and_do_no_harm(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(feed, 1, 2, 3)
    with monkeypatch.context() as broken:
        broken.setattr(Reader, "_delete", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            feed.reader.receive()
    assert Task.objects.count() == 3
    assert feed.waiting() == 3

    Reader(feed.row, threading.Event(), wait=0).receive()
    assert (feed.progress.applied, feed.progress.ignored) == (3, 3)


@pytest.mark.usefixtures("_impatient")
def test_when_storing_fails_nothing_is_deleted_and_it_is_tried_again(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(feed, 1)

    def down(*_: object) -> None:
        raise OperationalError("down")

    with monkeypatch.context() as broken:
        broken.setattr(reader, "apply_batch", down)
        pauses = [feed.reader.attempt() for _ in range(3)]
    assert pauses == [2, 2, 2]
    assert feed.waiting() == 1

    feed.read()
    feed.reader.flush()
    assert Task.objects.count() == 1
    assert feed.waiting() == 0


@pytest.mark.usefixtures("_impatient")
def test_a_message_that_comes_again_before_it_is_deleted_changes_nothing(feed: Feed) -> None:
    tell(feed, 1, 2, 3)
    feed.reader.receive()
    first = list(Task.objects.order_by("arn").values())
    feed.reader.receive()
    assert list(Task.objects.order_by("arn").values()) == first
    assert (feed.progress.applied, feed.progress.ignored) == (3, 3)
    feed.reader.flush()
    assert feed.waiting() == 0


def test_stored_messages_are_deleted_in_full_tens_until_the_oldest_has_waited_long(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        tell(feed, *range(4 * number + 1, 4 * number + 5))
        feed.reader.receive()
    assert feed.waiting() == 2
    monkeypatch.setattr(reader, "HELD_SECONDS", -1)
    feed.reader.receive()
    assert feed.waiting() == 0


def test_the_pause_gathers_and_is_left_out_while_there_is_more(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    feed.reader.receive()
    assert feed.reader.receive() == 0, "an empty long poll is followed by the next"
    tell(feed, 1)
    assert feed.reader.receive() > 0
    monkeypatch.setattr(reader, "MOST", 10)
    tell(feed, *range(1, 12))
    assert feed.reader.receive() == 0


def test_what_somebody_looks_at_is_gathered_for_less_than_two_seconds_and_else_longer(feed: Feed) -> None:
    tell(feed, 1)
    assert reader.GATHER_SECONDS < feed.reader.receive() <= reader.UNVIEWED_SECONDS
    look_at(feed)
    tell(feed, 2)
    assert 0 < feed.reader.receive() <= reader.GATHER_SECONDS < 2


def test_where_many_come_they_wait_less(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    look_at(feed)
    feed.reader.receive()
    second = time.monotonic() + 1
    monkeypatch.setattr(time, "monotonic", lambda: second)
    monkeypatch.setattr(reader, "FULL_ENOUGH", 5)
    tell(feed, *range(1, 21))
    assert 0.2 < feed.reader.receive() < 0.3, "five of twenty in a second"


def test_the_first_few_say_nothing_of_how_fast_they_come(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    look_at(feed)
    feed.reader.receive()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    tell(feed, *range(1, 9))
    assert feed.reader.receive() == pytest.approx(reader.GATHER_SECONDS)


def test_a_pause_ends_when_somebody_begins_to_look(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken in pieces; `waited` are they."""
    waited: list[float] = []

    def wait(over: threading.Event, seconds: float) -> bool:
        waited.append(seconds)
        if len(waited) == 2:
            look_at(feed)
        return len(waited) > 9

    monkeypatch.setattr(threading.Event, "wait", wait)
    tell(feed, 1)
    feed.reader.pause(feed.reader.receive())
    assert waited == [reader.VIEWER_CHECK_SECONDS] * 2
    tell(feed, 2)
    feed.reader.pause(feed.reader.receive())
    assert len(waited) == 10, "who looks already ends no pause"


def look_at(feed: Feed) -> None:
    viewers.note([(feed.row.account.pk, feed.row.region, "tasks")])


def test_many_messages_are_one_transaction_and_deleted_ten_at_a_time(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(feed, *range(1, 26))
    batches: list[int] = []

    def counted(row: EventFeed, found: Sequence[Message]) -> BatchResult:
        batches.append(len(found))
        return apply_batch(row, found)

    monkeypatch.setattr(reader, "apply_batch", counted)
    feed.reader.receive()
    assert batches == [25]
    assert feed.waiting() == 5


def test_what_was_received_at_the_end_is_left_to_the_next_reader(feed: Feed) -> None:
    tell(feed, 1)
    feed.reader.stopping.set()
    feed.reader.receive()
    assert not Task.objects.exists()
    assert feed.waiting() == 1


def test_what_cannot_be_described_does_not_hold_up_events(feed: Feed) -> None:
    feed.world.sandbox.admin(
        "POST", "faults", {"name": "api-errors", "on": True, "pattern": "ecs:DescribeServices", "rate": 1}
    )
    PendingDescribe.objects.create(
        feed=feed.row, noun="services", arn=SERVICE, at=timezone.now() - timedelta(seconds=9)
    )
    tell(feed, 1)
    feed.reader.receive()
    assert Task.objects.count() == 1
    assert PendingDescribe.objects.filter(arn=SERVICE).exists()


def test_one_feed_that_fails_leaves_the_other_alone(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a thread, a connection and a back-off of its own."""
    other = EventFeed.objects.create(
        account=feed.row.account, region="us-east-1", arn="arn:other", name="ecsdash-events",
        queue_url=feed.row.queue_url.replace("ecsdash-events", "nowhere"), connected=True, observed_at=timezone.now(),
    )  # fmt: skip
    started: list[str] = []

    def run(self: Reader) -> None:
        started.append(self.feed.region)

    monkeypatch.setattr(Reader, "run", run)
    consumer = Consumer(threading.Event())
    consumer.refresh()
    until(lambda: sorted(started) == ["eu-central-1", "us-east-1"])

    other.connected = False
    other.save()
    consumer.refresh()
    assert [running.reader.feed.region for running in consumer._running.values()] == ["eu-central-1"]
