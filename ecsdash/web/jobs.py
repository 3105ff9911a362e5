"""The heartbeat job: sending it is the heartbeat of beat, running it the heartbeat of a worker."""

from typing import Any, Final

from celery import shared_task
from celery.signals import before_task_publish

from ecsdash.web import health

NAME: Final = "web.beat_heartbeat"


@shared_task(name=NAME)
def beat_heartbeat() -> None:
    health.beat("worker")


@before_task_publish.connect(sender=NAME)
def store_beat_heartbeat(**kwargs: Any) -> None:
    """Store the heartbeat of beat: no other process sends this job."""
    health.beat("beat")
