"""Read the lines of log searches from CloudWatch Logs, in a job. Lines are stored with secrets masked."""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ecsdash.aws.errors import AwsError, Invalid, NotFound
from ecsdash.inventory import changes
from ecsdash.masking.log_lines import mask_line
from services.models import LogChunk, LogSearch
from services.sync.log_sources import Selection, Source, sources, tasks_of

CHUNK: Final = 500  # lines
MOST_LINES: Final = 50_000  # stored of one search
MOST_CALLS: Final = 10  # for one source in one read
LONGEST_LINE: Final = 10_000  # characters
OVERLAP: Final = 10_000  # milliseconds that are read again, because lines arrive late
LATE: Final = 60_000  # milliseconds after which no line of the past arrives any more
MOST_TASKS: Final = 500
UNREAD, KEPT = timedelta(minutes=10), timedelta(hours=1)  # a search with an end is read once and kept longer


@dataclass
class _Read:
    """What one read found. `horizon`: up to where every source was read; None if all were read to their end."""

    lines: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    horizon: int | None = None
    errors: list[str] = field(default_factory=list)

    def until(self, at: int) -> None:
        self.horizon = at if self.horizon is None else min(self.horizon, at)


def begin(key: str, account: int, region: str, selection: dict[str, str], start: int, end: int | None) -> LogSearch:
    """Return the search, begun if it is new. Those that nobody has read for a while are deleted."""
    now = timezone.now()
    old = Q(read_at__lt=now - UNREAD) & (Q(end=None) | Q(read_at__lt=now - KEPT))
    LogSearch.objects.filter(old).exclude(key=key).delete()
    times = {"start": start, "end": end, "read_to": start}
    place = {"account_id": account, "region": region, "selection": selection}
    return LogSearch.objects.get_or_create(key=key, defaults={**place, **times})[0]


def read(search: LogSearch) -> None:
    """Read the next lines of a search and store them."""
    selection, found = Selection(**search.selection), _Read()
    tasks = tasks_of(search.account, search.region, selection, search.start)[:MOST_TASKS]
    for source in sources(tasks, selection.container):
        _read_source(search, source, selection.pattern, found)
    _store(search, found)


def _read_source(search: LogSearch, source: Source, pattern: str, found: _Read) -> None:
    asked: dict[str, Any] = {
        "logGroupName": source.group, "logStreamNamePrefix": source.prefix,
        "startTime": search.read_to if search.behind else max(search.start, search.read_to - OVERLAP),
    }  # fmt: skip
    asked |= {"endTime": search.end} if search.end is not None else {}
    asked |= {"filterPattern": pattern} if pattern else {}
    aws, last = search.account.reader(source.region), 0
    try:
        for _ in range(MOST_CALLS):
            answer = aws.call("logs.filter_log_events", **asked).data
            found.lines += (line for event in answer.get("events", []) if (line := _line(source, event)))
            last = max([last, *(event["timestamp"] for event in answer.get("events", []))])
            if not (token := answer.get("nextToken")):
                return
            asked["nextToken"] = token
    except NotFound:
        found.errors.append(f"The log group {source.group} does not exist.")
    except Invalid as error:
        found.errors.append(f"CloudWatch Logs does not accept the filter pattern: {error.message}")
    except AwsError as error:
        found.errors.append(f"The log group {source.group} could not be read: {error.message or error.code}")
        if error.retryable:
            found.until(search.read_to)
    else:
        found.until(last or search.read_to)


def _line(source: Source, event: dict[str, Any]) -> tuple[int, str, dict[str, Any]] | None:
    """Return time, digest and line of an event; None if it is of a task that was not selected."""
    end = event["logStreamName"].removeprefix(source.prefix)
    task = source.tasks[0][1] if len(source.tasks) == 1 and not end else dict(source.tasks).get(end)
    if task is None:
        return None
    digest = blake2b(event["eventId"].encode(), digest_size=6).hexdigest()
    message = mask_line(event["message"][:LONGEST_LINE])
    line = {"at": event["timestamp"], "task": task, "container": source.container, "message": message}
    return event["timestamp"], digest, line


def _store(search: LogSearch, found: _Read) -> None:
    """Append the new lines, oldest first. What a source has after the horizon is read again with the other sources."""
    horizon = found.horizon
    within = [each for each in found.lines if horizon is None or each[0] <= horizon]
    new = sorted((each for each in within if each[1] not in search.recent), key=lambda each: each[0])
    read_to = max([search.read_to, *(each[0] for each in within)])
    if horizon == search.read_to and not found.errors:
        read_to += 1  # more lines of one millisecond than one read returns
    recent = {**search.recent, **{digest: at for at, digest, _ in within}}
    values = {
        "read_to": read_to,
        "recent": {digest: at for digest, at in recent.items() if at >= read_to - OVERLAP},
        "behind": horizon is not None,
        "error": " ".join(dict.fromkeys(found.errors)),
        "read_at": timezone.now(),
        "complete": search.end is not None and horizon is None and not found.errors and _past(search.end + LATE),
        "reads": search.reads + 1,
        "line_count": search.line_count + len(new),
        "full": search.full or search.line_count + len(new) > MOST_LINES,
    }
    with transaction.atomic():
        if not LogSearch.objects.filter(pk=search.pk, reads=search.reads).update(**values):
            return
        _append(search, [line for _, _, line in new])
        if new or any(getattr(search, name) != values[name] for name in ("error", "complete", "full")):
            changes.bump(search.account, search.region, "log_searches")


def _past(at: int) -> bool:
    return timezone.now().timestamp() * 1000 > at


def _append(search: LogSearch, lines: list[dict[str, Any]]) -> None:
    last, kept_from = search.chunks.last(), search.line_count + len(lines) - MOST_LINES
    if last and lines and len(last.lines) < CHUNK:
        room = CHUNK - len(last.lines)
        last.lines += lines[:room]
        last.save(update_fields=["lines"])
        first, lines = last.first + len(last.lines), lines[room:]
    else:
        first = search.line_count + 1
    LogChunk.objects.bulk_create(
        LogChunk(search=search, first=first + at, lines=lines[at : at + CHUNK]) for at in range(0, len(lines), CHUNK)
    )
    search.chunks.filter(first__lte=kept_from - CHUNK + 1).delete()
