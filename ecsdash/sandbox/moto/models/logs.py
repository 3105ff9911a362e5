"""FilterLogEvents of CloudWatch Logs: streams by prefix, filter patterns, pages of at most 1 MB."""

import json
from bisect import bisect_left, bisect_right
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.models import LogEvent, LogGroup, LogStream
from moto.logs.responses import LogsResponse

from ecsdash.sandbox.moto.models.log_patterns import InvalidPattern, Matches, compiled
from ecsdash.sandbox.moto.models.runtime import runtime

_MOST_EVENTS, _MOST_BYTES, _EVENT_BYTES = 10_000, 1_000_000, 26
_time = attrgetter("timestamp")


def simulated_now() -> datetime:
    """Return the simulated time as moto wants it, without a zone: events far from it are refused."""
    return datetime.fromtimestamp(runtime.now(), UTC).replace(tzinfo=None)


def filter_log_events(response: LogsResponse) -> str:
    """The newest events come last. A token names the place after the last event that was looked at."""
    name = response._get_param("logGroupName")
    group: LogGroup | None = response.logs_backend.groups.get(name)
    if group is None:
        raise ResourceNotFoundException
    limit = response._get_param("limit") or _MOST_EVENTS
    if not 1 <= limit <= _MOST_EVENTS:
        raise InvalidParameterException(f"The limit {limit} is not between 1 and {_MOST_EVENTS}.")
    try:
        matches = compiled(response._get_param("filterPattern") or "")
    except InvalidPattern as error:
        raise InvalidParameterException(f"Invalid filter pattern: {error}") from error
    streams = _streams(group, response._get_param("logStreamNames"), response._get_param("logStreamNamePrefix"))
    start, end = response._get_param("startTime") or 0, response._get_param("endTime")
    token = _place(response._get_param("nextToken"))
    listed = merge(*(_events(stream, max(start, token[0]), end) for stream in streams), key=lambda each: each[0])
    events, after = _page(listed, matches, limit, token)
    answer: dict[str, Any] = {"events": events, "searchedLogStreams": []}
    return json.dumps(answer | ({"nextToken": f"{after[0]}/{after[1]}/{after[2]}"} if after else {}))


def _streams(group: LogGroup, names: list[str] | None, prefix: str | None) -> list[LogStream]:
    if names and prefix:
        raise InvalidParameterException("logStreamNames and logStreamNamePrefix exclude each other.")
    if any(name not in group.streams for name in names or ()):
        raise ResourceNotFoundException("The specified log stream does not exist.")
    return [
        stream for name, stream in group.streams.items() if name in (names or (name,)) and name.startswith(prefix or "")
    ]


#: Timestamp, name of the stream, event ID.
Place = tuple[int, str, int]


def _place(token: str | None) -> Place:
    if not token:
        return (-1, "", -1)
    try:
        at, rest = token.split("/", 1)
        name, _, event_id = rest.rpartition("/")
        return (int(at), name, int(event_id))
    except ValueError as error:
        raise InvalidParameterException("The specified nextToken is invalid.") from error


def _events(stream: LogStream, start: int, end: int | None) -> Any:
    """Yield (place, event) of the stream's events from `start` to `end`."""
    stream.events.sort(key=_time)
    first = bisect_left(stream.events, start, key=_time)
    last = len(stream.events) if end is None else bisect_right(stream.events, end, key=_time)
    for event in islice(stream.events, first, last):
        yield (event.timestamp, stream.log_stream_name, event.event_id), event


def _page(listed: Any, matches: Matches, limit: int, token: Place) -> tuple[list[dict[str, Any]], Place | None]:
    """Return a page of events, and its last place if there are more."""
    events: list[dict[str, Any]] = []
    size, last = 0, token
    for place, event in listed:
        if place <= token or not matches(event.message):
            continue
        size += len(event.message) + _EVENT_BYTES
        if len(events) == limit or size > _MOST_BYTES:
            return events, last
        events.append(_shown(event, place[1]))
        last = place
    return events, None


def _shown(event: LogEvent, stream: str) -> dict[str, Any]:
    return {**event.to_filter_dict(), "logStreamName": stream}
