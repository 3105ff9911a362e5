"""Send jobs to the workers. A job is a hint: what it does is also done later by a sweeper, or on the next request."""

from typing import Any

import structlog

log = structlog.get_logger(__name__)


def enqueue(job: Any, *arguments: Any, countdown: float = 0) -> bool:
    """Send a Celery job, to be run after `countdown` seconds. Return False when the broker does not answer."""
    try:
        job.apply_async(args=arguments, countdown=countdown)
    except job.OperationalError as error:
        log.warning("broker_unavailable", job=job.name, error=type(error).__name__)
        return False
    return True
