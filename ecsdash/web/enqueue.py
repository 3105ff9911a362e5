"""Send jobs to the workers. A job is a hint: what it does is also done later by a sweeper, or on the next request."""

from typing import Any

from ecsdash.outages import REDIS


def enqueue(job: Any, *arguments: Any, countdown: float = 0) -> bool:
    """Send a Celery job, to be run after `countdown` seconds. Return False when the broker does not answer."""
    if REDIS.away:
        return False
    try:
        job.apply_async(args=arguments, countdown=countdown)
    except job.OperationalError as error:
        REDIS.failed(error)
        return False
    REDIS.answered()
    return True
