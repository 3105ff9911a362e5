"""What is known of the logs of a task."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from ecsdash.masking import mask
from services.models import Task, TaskLog
from services.sync.logs import streams

#: How long after its end a task may still be writing what was under way.
AFTERMATH = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    at: datetime
    message: str


@dataclass(frozen=True)
class ContainerLog:
    """`row` is None before the log was first fetched."""

    container: str
    region: str
    group: str
    stream: str
    row: TaskLog | None

    @property
    def lines(self) -> Iterator[Line]:
        for line in self.row.lines if self.row else []:
            yield Line(datetime.fromtimestamp(line["at"] / 1000, UTC), str(mask(line["message"])))


def logs(task: Task) -> list[ContainerLog]:
    """One for each container that writes to CloudWatch Logs."""
    rows = {row.container: row for row in TaskLog.objects.filter(task=task)}
    return [
        ContainerLog(each.container, each.region, each.group, each.name, rows.get(each.container))
        for each in streams(task)
    ]


def complete(task: Task, found: list[ContainerLog]) -> bool:
    """Whether nothing new can come: the task ended, and its logs were read well after that."""
    end = task.stopped_at or task.gone_at
    if end is None:
        return False
    read = [each.row.fetched_at for each in found if each.row and each.row.fetched_at]
    return timezone.now() - end > AFTERMATH and len(read) == len(found) and all(at > end + AFTERMATH for at in read)
