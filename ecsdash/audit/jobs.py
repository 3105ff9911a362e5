"""Celery jobs of the audit trail."""

from celery import shared_task

from ecsdash.audit import checkpoints
from ecsdash.audit.refusals import record_counts
from ecsdash.audit.sinks import delivery


@shared_task(name="audit.checkpoint")
def checkpoint() -> None:
    """Sign a checkpoint and send it out at once."""
    if checkpoints.take():
        delivery.deliver_all()


@shared_task(name="audit.deliver")
def deliver() -> None:
    delivery.deliver_all()


@shared_task(name="audit.refusals")
def refusals() -> None:
    record_counts()
