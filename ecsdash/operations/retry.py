"""Temporary errors of AWS: when to retry, for how long in all, and what the page says meanwhile."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ecsdash.aws.errors import OWN_SHARE_SPENT, AwsError, Throttled

BACKOFF_LEAST_SECONDS, BACKOFF_MOST_SECONDS = 2.0, 20.0
#: How long a step retries while the same error of AWS persists, however short its own timeout is.
THROTTLED_SECONDS, OUTAGE_SECONDS = 3600.0, 900.0


def error_state(last: Mapping[str, Any], error: AwsError, now: datetime) -> dict[str, Any]:
    """Return the value of OperationStep.error while the step is retried; `last` is the one before.

    `since` is when the error began: now, unless the last try failed with the same kind of error.
    """
    kind = error.kind
    same = last.get("kind") == kind and "since" in last
    return {"kind": kind, "code": error.code, "since": last["since"] if same else now.isoformat()}


def given_up(error: AwsError, since: datetime, now: datetime, *, late: bool) -> bool:
    """Return whether to stop retrying. `late`: the step has timed out; retryable errors have limits of their own."""
    if not error.retryable:
        return late
    longest = THROTTLED_SECONDS if isinstance(error, Throttled) else OUTAGE_SECONDS
    return now - since > timedelta(seconds=longest)


def backoff(error: AwsError, since: datetime, now: datetime) -> float:
    """Seconds until the next try, spread so that operations do not retry together; more the longer the error lasts.

    A call that AWS itself throttled is retried some time after its bucket opens: a lone operation has no other to find
    out whether AWS accepts calls again.
    """
    if isinstance(error, Throttled) and error.after:
        spread = random.uniform(1.5, 2.5) if error.sent else random.uniform(1, 1.5)  # noqa: S311 no secret
        return error.after * spread
    lasted = (now - since).total_seconds()
    return min(BACKOFF_MOST_SECONDS, max(BACKOFF_LEAST_SECONDS, lasted / 2))


def why(error: AwsError) -> str:
    if isinstance(error, Throttled):
        ours = error.code == OWN_SHARE_SPENT
        return "This dashboard's share of AWS's request rate is used up." if ours else "AWS is throttling requests."
    return "AWS does not answer." if error.retryable else f"{error.message or error.code}."
