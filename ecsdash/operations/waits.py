"""Times of a step that waits: when to check its condition again, and when it has waited too long."""

from datetime import datetime, timedelta
from typing import Final

from ecsdash.operations.models import OperationStep
from ecsdash.operations.plan import Step
from ecsdash.web import clock

LONGEST_SECONDS: Final = 2.0
SOONEST_SECONDS: Final = 0.25


def pause(row: OperationStep) -> float:
    """Seconds until the next check: few at first, because some waits end at once; then more, up to LONGEST_SECONDS."""
    waited = (clock.now() - (row.started_at or clock.now())).total_seconds()
    return min(LONGEST_SECONDS, max(SOONEST_SECONDS, waited / 2))


def late(row: OperationStep, step: Step) -> bool:
    """Return whether the step has timed out. A wait for the effect of a call begins with the call."""
    since: datetime = (row.called_at if row.answered else None) or row.started_at or clock.now()
    return clock.now() - since > timedelta(seconds=step.timeout)
