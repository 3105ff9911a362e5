"""The end of a process after SIGTERM: work stops before its next AWS call, and the process ends in any case."""

import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from celery.signals import worker_shutting_down

from ecsdash import stopping
from ecsdash.aws import buckets
from ecsdash.aws.limits import Bucket
from ecsdash.stopping import STOPPING, Stopped
from tests.clock import Clock

BUSY = """
import threading, time
from ecsdash import stopping
stopping.EXIT_SECONDS = 0.2
threading.Thread(target=time.sleep, args=[60]).start()
stopping.begin()
"""


@pytest.fixture
def stopped() -> Iterator[None]:
    STOPPING.set()
    yield
    STOPPING.clear()


@pytest.mark.usefixtures("stopped")
def test_no_call_begins_any_more() -> None:
    with pytest.raises(Stopped):
        buckets.enter("1", "eu-central-1", Bucket("x", 1, 1))


@pytest.mark.usefixtures("stopped")
def test_a_wait_ends_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(Stopped):
        stopping.sleep(60)
    assert time.monotonic() - began < 10


def test_what_waits_long_for_its_bucket_keeps_its_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, renewed = Clock(), []
    monkeypatch.setattr(buckets, "_buckets", buckets.OwnBuckets(clock))
    with buckets.calling(buckets.Priority.SWEEP) as caller:
        caller.before = lambda: renewed.append(clock.now)
        for _ in range(3):
            buckets.enter("1", "eu-central-1", Bucket("x", 2, 0.1), sleep=clock.sleep)
    longest = max(later - earlier for earlier, later in pairwise(renewed))
    assert clock.now > 2 * buckets.LONGEST_SLEEP
    assert longest <= buckets.LONGEST_SLEEP


def test_a_process_with_a_call_that_does_not_return_ends_in_time() -> None:
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", BUSY], capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0
    assert time.monotonic() - began < 40
    assert "exit_with_work_in_progress" in done.stdout + done.stderr


def test_a_worker_stops_its_work_when_it_is_told_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(stopping, "begin", lambda: begun.append("stop"))
    worker_shutting_down.send(sender="worker@host", sig="SIGTERM", how="Warm", exitcode=0)
    assert begun == ["stop"]
