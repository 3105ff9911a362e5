"""What a worker process does beside its jobs: it sends heartbeats, and gives its work back when it is asked to end."""

import threading
import time
from typing import Any, Final

from celery import bootsteps
from celery.signals import setup_logging, task_postrun, task_prerun, worker_shutdown, worker_shutting_down

from ecsdash import stopping
from ecsdash.web import heartbeats

NAME: Final = "worker"
HUNG_SECONDS: Final = 120.0
_began: dict[str, float] = {}
_lock = threading.Lock()


class HeartbeatStep(bootsteps.StartStopStep):
    """Sends heartbeats from the worker's main loop, while it is connected to the broker and its threads finish jobs."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        threads = consumer.pool.limit
        _send(threads)
        self._timer = consumer.timer.call_repeatedly(heartbeats.SEND_SECONDS, _send, (threads,))

    def stop(self, consumer: Any) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


def is_hung(threads: int) -> bool:
    """Return whether every thread has been busy with one job for HUNG_SECONDS."""
    with _lock:
        latest = max(_began.values(), default=0.0)
        return len(_began) >= threads and latest < time.monotonic() - HUNG_SECONDS


def _send(threads: int) -> None:
    if not is_hung(threads):
        heartbeats.send(NAME)


@setup_logging.connect
def _keep_logging(**_: Any) -> None:
    """Keep what settings.LOGGING says: with a receiver of this signal, Celery configures no loggers."""


@task_prerun.connect
def _job_begins(task_id: str, **_: Any) -> None:
    with _lock:
        _began[task_id] = time.monotonic()


@task_postrun.connect
def _job_ends(task_id: str, **_: Any) -> None:
    with _lock:
        _began.pop(task_id, None)


@worker_shutting_down.connect
def _stop_work(**_: Any) -> None:
    stopping.begin()


@worker_shutdown.connect
def _end_heartbeats(**_: Any) -> None:
    heartbeats.end(NAME)
