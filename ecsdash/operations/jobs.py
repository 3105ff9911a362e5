"""Celery jobs of operations. A job is only a hint: a lost job is sent again, a duplicate changes nothing."""

import uuid

from celery import shared_task
from django.db.models import Q

from ecsdash.operations import redaction, runner
from ecsdash.operations.drafts import run_live_checks
from ecsdash.operations.lease import in_seconds, ready
from ecsdash.operations.models import Operation
from ecsdash.web.enqueue import enqueue

OVERDUE_SECONDS = 3.0
DATABASE_SECONDS = 2.0  # until an operation is tried again that stopped because our database was not available


@shared_task(name="operations.run")
def run(operation_id: str, released_fence: int | None = None) -> None:
    try:
        seconds = runner.run(uuid.UUID(operation_id), released_fence)
    except runner.DatabaseLost as lost:
        enqueue(run, operation_id, lost.released_fence, countdown=DATABASE_SECONDS)
        return
    if seconds is not None:
        enqueue_run(operation_id, seconds)


@shared_task(name="operations.sweep")
def sweep() -> None:
    """Enqueue overdue operations again: the queue was emptied, or a worker died."""
    overdue = Q(next_check_at=None) | Q(next_check_at__lte=in_seconds(-OVERDUE_SECONDS))
    for pk in Operation.objects.filter(ready(), overdue).values_list("pk", flat=True)[:200]:
        enqueue_run(str(pk))


@shared_task(name="operations.redact")
def redact() -> None:
    """Remove the values of operations that ended a day ago."""
    redaction.redact_expired()


@shared_task(name="operations.check_draft")
def check_draft(draft_id: str) -> None:
    run_live_checks(uuid.UUID(draft_id))


def enqueue_run(operation_id: str, seconds: float = 0) -> None:
    """Enqueue the operation. While the broker is unavailable, `sweep` enqueues it later."""
    enqueue(run, operation_id, countdown=seconds)


def enqueue_checks(draft_id: str) -> None:
    enqueue(check_draft, draft_id)
