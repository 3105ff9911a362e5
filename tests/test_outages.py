"""Outages of our own servers: how long callers do without them, and how little of it is logged."""

import logging
from types import SimpleNamespace

import pytest
from celery.beat import SchedulingError
from django.core.cache import cache
from django.db import OperationalError
from django.test.utils import override_settings
from kombu.exceptions import OperationalError as BrokerError
from structlog.testing import capture_logs

from ecsdash import outages
from ecsdash.outages import QUIET_SECONDS, REDIS, QuietHandler
from ecsdash.web import best_effort_cache, heartbeats
from ecsdash.web.enqueue import enqueue
from ecsdash.web.polling import pubsub
from tests.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    clock.sleep(1000)
    monkeypatch.setattr(outages, "time", SimpleNamespace(monotonic=clock))
    return clock


class Job:
    """A job whose broker is not available."""

    OperationalError, sent = BrokerError, 0

    def apply_async(self, **_: object) -> None:
        self.sent += 1
        raise BrokerError


def test_after_one_failure_everything_does_without_redis_for_a_while(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def hang(key: str) -> None:
        tries.append(key)
        raise TimeoutError

    monkeypatch.setattr(cache, "get", hang)
    job = Job()
    with capture_logs() as lines:
        for _ in range(3):
            assert best_effort_cache.get("key") is None
            assert not enqueue(job)
            pubsub.publish_access_change()
            heartbeats.send("worker")
        assert (len(tries), job.sent) == (1, 0)
        clock.sleep(REDIS.seconds)
        monkeypatch.undo()
    assert [line["event"] for line in lines] == ["server_unavailable"]


def test_the_end_of_an_outage_is_logged_with_its_duration(clock: Clock) -> None:
    with capture_logs() as lines:
        for _ in range(10):
            REDIS.failed(TimeoutError())
            clock.sleep(7.5)
        best_effort_cache.set("key", 1, 5)
        best_effort_cache.set("key", 1, 5)
    assert [(line["event"], line.get("seconds")) for line in lines] == [
        ("server_unavailable", None),
        ("server_available", 75.0),
    ]


@override_settings(REDIS_URL="redis://127.0.0.1:1/0")
def test_processes_are_not_known_without_redis() -> None:
    assert not heartbeats.is_alive("worker")


def record_of(error: Exception) -> logging.LogRecord:
    """Return the log record of a job that ended with this exception."""
    return logging.LogRecord("celery", logging.ERROR, "", 0, "Job %s", ("x" * 9000,), (type(error), error, None))


def caused_by(cause: Exception) -> Exception:
    error = SchedulingError("Couldn't apply scheduled task")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("error", [OperationalError("down"), caused_by(BrokerError()), caused_by(OperationalError())])
def test_an_outage_writes_one_short_line_a_minute(clock: Clock, error: Exception) -> None:
    quiet = QuietHandler()
    first = quiet.shortened(record_of(error))
    assert first
    assert len(logging.Formatter().format(first)) < 100
    assert not any(quiet.shortened(record_of(error)) for _ in range(100))
    clock.sleep(QUIET_SECONDS)
    assert quiet.shortened(record_of(error))


def test_other_errors_keep_their_traceback() -> None:
    record = record_of(ValueError("ours"))
    assert QuietHandler().shortened(record) is record
