"""Stored logs of a task."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from ecsdash.masking.log_lines import mask_line
from services.models import Task, TaskLog
from services.sync.logs import nothing_written, streams

#: Time after the end of a task in which CloudWatch may still receive its last lines.
AFTERMATH = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    at: datetime
    message: str


@dataclass(frozen=True)
class ContainerLog:
    """Log of one container; `row` is None before the first fetch."""

    container: str
    region: str
    group: str
    stream: str
    row: TaskLog | None
    nothing: str = "No log lines yet."

    @property
    def lines(self) -> Iterator[Line]:
        for line in self.row.lines if self.row else []:
            yield Line(datetime.fromtimestamp(line["at"] / 1000, UTC), mask_line(line["message"]))


def logs(task: Task) -> list[ContainerLog]:
    """Return one log per container that writes to CloudWatch Logs."""
    rows = {row.container: row for row in TaskLog.objects.filter(task=task)}
    return [
        ContainerLog(
            each.container,
            each.region,
            each.group,
            each.name,
            rows.get(each.container),
            nothing_written(task, each.container),
        )
        for each in streams(task)
    ]


def complete(task: Task, found: list[ContainerLog]) -> bool:
    """Return whether the logs are final: the task ended, and its logs were read after AFTERMATH."""
    end = task.stopped_at or task.gone_at
    if end is None:
        return False
    read = [each.row.fetched_at for each in found if each.row and each.row.fetched_at]
    return timezone.now() - end > AFTERMATH and len(read) == len(found) and all(at > end + AFTERMATH for at in read)
