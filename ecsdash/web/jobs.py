"""The heartbeat: beat's own sign of life when it sends the job, a worker's when it runs it."""

from typing import Any, Final

from celery import shared_task
from celery.signals import before_task_publish

from ecsdash.web import health

NAME: Final = "web.beat_heartbeat"


@shared_task(name=NAME)
def beat_heartbeat() -> None:
    health.beat("worker")


@before_task_publish.connect(sender=NAME)
def note_beat(**kwargs: Any) -> None:
    """Only beat sends this job, so the process that is about to send it is beat."""
    health.beat("beat")
