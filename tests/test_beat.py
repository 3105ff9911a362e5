"""Of two beats one leads; jobs that no worker takes do not pile up; what people wait for is served first."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from ecsdash.beat import BACKGROUND, MOST_WAITING, Scheduler
from ecsdash.celery import INTERACTIVE_JOBS, app
from ecsdash.inventory.events import consumer
from ecsdash.inventory.events.consumer import Consumer
from ecsdash.inventory.models import EventFeed
from ecsdash.outages import REDIS
from ecsdash.web import heartbeats, leadership
from ecsdash.web.leadership import LEASE_SECONDS, RENEW_SECONDS, Leadership
from ecsdash.web.polling import pubsub
from tests.clock import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(leadership, "time", SimpleNamespace(monotonic=clock))
    return clock


@pytest.fixture
def two(clock: Clock) -> Iterator[tuple[Leadership, Leadership]]:
    yield Leadership("test"), Leadership("test")
    pubsub.connect().delete("ecsdash:leader:test")


def lapse(key: str) -> None:
    """Have the lease lapse: its time passes on Redis's clock, which no test can set."""
    left: Any = pubsub.connect().pttl(key)
    assert 0 < left <= LEASE_SECONDS * 1000
    pubsub.connect().delete(key)


def test_one_of_two_leads_and_goes_on_leading(two: tuple[Leadership, Leadership], clock: Clock) -> None:
    for _ in range(3):
        assert [each.held() for each in two] == [True, False]
        clock.sleep(RENEW_SECONDS + 0.1)


def test_the_other_takes_over_when_the_lease_lapses(two: tuple[Leadership, Leadership], clock: Clock) -> None:
    first, second = two
    assert [first.held(), second.held()] == [True, False]
    lapse(first.key)
    clock.sleep(RENEW_SECONDS + 0.1)
    assert second.held()
    assert not first.held()


def test_the_other_takes_over_at_once_when_the_first_ends(two: tuple[Leadership, Leadership], clock: Clock) -> None:
    first, second = two
    assert [first.held(), second.held()] == [True, False]
    second.release()  # not its own
    clock.sleep(RENEW_SECONDS + 0.1)
    assert first.held()
    first.release()
    assert second.held()


def test_while_redis_is_away_the_leader_goes_on(two: tuple[Leadership, Leadership], clock: Clock) -> None:
    assert [each.held() for each in two] == [True, False]
    REDIS.failed(TimeoutError())
    clock.sleep(RENEW_SECONDS + 0.1)
    assert [each.held() for each in two] == [True, False]


def scheduler() -> Any:
    return Scheduler(app, max_interval=5)


def waiting() -> Any:
    return pubsub.connect().llen(BACKGROUND)


def tick(beat: Any, times: int = 30) -> None:
    for _ in range(times):
        beat.tick()


def all_due(beat: Any) -> None:
    beat.populate_heap()
    for entry in beat.schedule.values():
        entry.last_run_at = entry.last_run_at.replace(year=2020)
    beat.populate_heap()


def test_only_the_leading_beat_sends_jobs() -> None:
    first, second = scheduler(), scheduler()
    for beat in (first, second):
        all_due(beat)
    tick(first)
    sent = waiting()
    assert sent >= len(app.conf.beat_schedule)
    tick(second)
    assert waiting() == sent
    first.close()
    second.leadership = Leadership("beat")
    tick(second)
    assert waiting() > sent
    second.close()
    assert heartbeats.processes("beat") == []


def test_jobs_that_no_worker_takes_do_not_pile_up() -> None:
    beat = scheduler()
    for _ in range(10):
        all_due(beat)
        tick(beat, 20)
    assert waiting() == MOST_WAITING
    beat.close()


def test_beat_says_in_one_line_that_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    beat = scheduler()
    assert beat.leadership.held()
    all_due(beat)
    monkeypatch.setattr(beat, "apply_async", lambda *_, **__: (_ for _ in ()).throw(ConnectionError))
    with capture_logs() as lines:
        tick(beat)
    assert [line["event"] for line in lines] == ["server_unavailable"]
    REDIS.answered()
    beat.close()


def test_no_job_of_the_schedule_expires_by_a_clock() -> None:
    assert all("expires" not in entry.get("options", {}) for entry in app.conf.beat_schedule.values())


def test_what_people_wait_for_is_served_first() -> None:
    with app.connection_for_read() as connection:
        channel: Any = connection.default_channel
        assert channel.queue_order_strategy == "priority"
        for queue in app.amqp.queues.consume_from.values():
            channel.basic_consume(queue.name, no_ack=True, callback=print, consumer_tag=queue.name)
        assert channel._queue_cycle.consume(2) == ["interactive", BACKGROUND]
    assert set(INTERACTIVE_JOBS) <= set(app.tasks)
    assert app.amqp.router.route({}, "operations.run")["queue"].name == "interactive"
    assert app.amqp.router.route({}, "inventory.sweep")["queue"].name == BACKGROUND


@pytest.mark.django_db
def test_only_the_leading_reader_of_events_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def connected() -> list[EventFeed]:
        asked.append("asked")
        return []

    monkeypatch.setattr(consumer, "connected", connected)
    first, second = Consumer(threading.Event()), Consumer(threading.Event())
    first.refresh()
    second.refresh()
    assert len(asked) == 1
    first.stopping.set()
    first.run()  # ends at once
    second.leadership._asked_at = float("-inf")
    second.refresh()
    assert len(asked) == 2
    second.leadership.release()
