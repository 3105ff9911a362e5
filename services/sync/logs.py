"""Last log lines of the containers of a task in CloudWatch Logs. Fetched by a job, never by a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AwsError, NotFound
from ecsdash.inventory import changes
from services.models import Task, TaskDefinition, TaskLog

LINES_KEPT = 200
LONGEST_LINE = 2000


@dataclass(frozen=True)
class Stream:
    """Log stream of one container."""

    container: str
    region: str
    group: str
    name: str


def fetch(task: Task) -> None:
    for stream in streams(task):
        row, new = TaskLog.objects.get_or_create(task=task, container=stream.container)
        before = (row.lines, row.error)
        try:
            lines = _read(task.account.reader(stream.region), stream)
        except NotFound:
            row.error = "" if row.lines else nothing_written(task, stream.container)
        except AwsError as error:
            row.error = f"The log could not be loaded: {error.message or error.code}"
        else:
            row.lines, row.error = lines or row.lines, ""
        row.fetched_at = timezone.now()
        with transaction.atomic():
            row.save()
            if new or before != (row.lines, row.error):
                changes.bump(task.account, task.region, "logs")


def nothing_written(task: Task, container: str) -> str:
    """Return why a container has no log lines: it did not start, it ended without writing, or it may still write."""
    if not task.stopped:
        return "No log lines yet."
    described: dict[str, Any] = next(
        (each for each in task.description.get("containers", []) if each.get("name") == container), {}
    )
    started = described.get("runtimeId") or described.get("exitCode") is not None
    return "The container ended without writing a line." if started else "The container did not start: there is no log."


def streams(task: Task) -> Iterator[Stream]:
    """Yield the streams of containers with the awslogs driver and a stream prefix: prefix/container/task."""
    definition = TaskDefinition.objects.filter(arn=task.task_definition_arn).first()
    for container in definition.description.get("containerDefinitions", []) if definition else []:
        logging: dict[str, Any] = container.get("logConfiguration") or {}
        options = logging.get("options") or {}
        prefix, group = options.get("awslogs-stream-prefix"), options.get("awslogs-group")
        if logging.get("logDriver") == "awslogs" and prefix and group:
            name = f"{prefix}/{container['name']}/{task.name}"
            yield Stream(container["name"], options.get("awslogs-region") or task.region, group, name)


def _read(aws: Aws, stream: Stream) -> list[dict[str, Any]]:
    """Return the newest lines, oldest first."""
    answer = aws.call(
        "logs.get_log_events",
        logGroupName=stream.group,
        logStreamName=stream.name,
        limit=LINES_KEPT,
        startFromHead=False,
    )
    return [
        {"at": event["timestamp"], "message": event["message"][:LONGEST_LINE]}
        for event in answer.data.get("events", [])
    ]
