"""Outcomes of attempts of AWS calls, for metrics."""

from collections.abc import Callable
from typing import Any, Final

from ecsdash.aws.errors import THROTTLED

Observer = Callable[[str, str], None]
_observers: Final[list[Observer]] = []


def observe(observer: Observer) -> None:
    """Have `observer` called with the service and the outcome of every attempt."""
    _observers.append(observer)


def note(**event: Any) -> None:
    """Handle botocore's event `response-received.<service>.<Operation>`: one attempt, with an answer or without."""
    service = event["event_name"].split(".")[1]
    outcome = _outcome(event.get("parsed_response"))
    for observer in _observers:
        observer(service, outcome)


def _outcome(answer: dict[str, Any] | None) -> str:
    if answer is None:
        return "no_answer"
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if answer.get("Error", {}).get("Code") in THROTTLED or status == 429:
        return "throttled"
    if status >= 500:
        return "failed"
    return "refused" if status >= 400 else "ok"
