"""Errors that pass: when to try again, for how long in all, and what a page says meanwhile."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ecsdash.aws.errors import OWN_SHARE_SPENT, AwsError, Throttled

BACKOFF_LEAST_SECONDS, BACKOFF_MOST_SECONDS = 2.0, 20.0
#: How long a step waits out an unbroken trouble of AWS, however short its own time is: nothing is lost by coming again.
THROTTLED_SECONDS, OUTAGE_SECONDS = 3600.0, 900.0


def seen(last: Mapping[str, Any], error: AwsError, now: datetime) -> dict[str, Any]:
    """As OperationStep.error has it while the step is tried again; `last` is the one before.

    `since` is when the trouble began: now, unless the last try met the same kind of error.
    """
    kind = type(error).__name__
    same = last.get("kind") == kind and "since" in last
    return {"kind": kind, "code": error.code, "since": last["since"] if same else now.isoformat()}


def given_up(error: AwsError, since: datetime, now: datetime, *, late: bool) -> bool:
    """`late`: the step's own time is over. A trouble of AWS has a time of its own."""
    if not error.retryable:
        return late
    longest = THROTTLED_SECONDS if isinstance(error, Throttled) else OUTAGE_SECONDS
    return now - since > timedelta(seconds=longest)


def backoff(error: AwsError, since: datetime, now: datetime) -> float:
    """Seconds until the next try: when our turn comes, and not all of us at once; else longer the longer it lasts.

    Whom AWS itself refused comes later than the bucket opens: one alone has nobody else to find out for it.
    """
    if isinstance(error, Throttled) and error.after:
        spread = random.uniform(1.5, 2.5) if error.sent else random.uniform(1, 1.5)  # noqa: S311 no secret
        return error.after * spread
    lasted = (now - since).total_seconds()
    return min(BACKOFF_MOST_SECONDS, max(BACKOFF_LEAST_SECONDS, lasted / 2))


def why(error: AwsError) -> str:
    if isinstance(error, Throttled):
        ours = error.code == OWN_SHARE_SPENT
        return "Our share of AWS's request rate is spent." if ours else "AWS is throttling our calls."
    return "AWS does not answer." if error.retryable else f"{error.message or error.code}."
