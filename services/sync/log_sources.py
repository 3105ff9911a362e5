"""Where the containers of tasks write their logs: groups and streams of CloudWatch Logs, or another log driver."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from ecsdash.inventory.models import Account
from services.models import Task, TaskDefinition

#: Options of log drivers that say where the lines go.
DESTINATIONS: Final = ("splunk-url", "fluentd-address", "gelf-address", "syslog-address", "Name", "awslogs-group")


@dataclass(frozen=True)
class Selection:
    """Which lines: of one task (`task`), or of a service, or only of the tasks of one revision (`web:3`) or of one
    container. `pattern` is a filter pattern of CloudWatch Logs; an empty text selects everything."""

    cluster: str
    service: str = ""
    task: str = ""
    revision: str = ""
    container: str = ""
    pattern: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Source:
    """The streams of one container in a log group: their names begin with `prefix`. `tasks` are the ends of the names
    -> task IDs; what other streams contain is not shown."""

    region: str
    group: str
    prefix: str
    container: str
    tasks: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OtherDriver:
    """A container whose lines are not in CloudWatch Logs. `destination` is empty when its options do not say."""

    container: str
    driver: str
    destination: str

    @property
    def is_url(self) -> bool:
        return self.destination.startswith(("https://", "http://"))


def tasks_of(account: Account, region: str, selection: Selection, since: int) -> QuerySet[Task]:
    """Return the tasks of the selection that ran at `since` (milliseconds) or later, newest first."""
    from_time = datetime.fromtimestamp(since / 1000, UTC)
    rows = Task.objects.in_scope(account, region).filter(cluster_name=selection.cluster)
    if selection.task:
        return rows.filter(name=selection.task)
    rows = rows.filter(service_name=selection.service).filter(
        Q(stopped_at=None, gone_at=None) | Q(stopped_at__gte=from_time) | Q(gone_at__gte=from_time)
    )
    if selection.revision:
        family, _, number = selection.revision.rpartition(":")
        rows = rows.filter(family=family, revision=int(number) if number.isdecimal() and len(number) < 9 else 0)
    return rows.order_by("-created_at")


def sources(tasks: Iterable[Task], container: str = "") -> list[Source]:
    """Return the sources of the lines of these tasks; of one container only if it is named."""
    found: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
    for task, each in _containers(tasks):
        options = _logging(each).get("options") or {}
        if _logging(each).get("logDriver") != "awslogs" or container not in ("", each["name"]):
            continue
        prefix, end = _stream(task, each, options)
        key = (options.get("awslogs-region") or task.region, options.get("awslogs-group", ""), prefix, each["name"])
        found.setdefault(key, []).append((end, task.name))
    return [
        _narrow(Source(*key, tuple(ends))) for key, ends in sorted(found.items()) if key[1] and (key[2] or len(ends))
    ]


def _narrow(source: Source) -> Source:
    """Name the whole stream where there is only one."""
    if len(source.tasks) != 1:
        return source
    [(end, task)] = source.tasks
    return Source(source.region, source.group, f"{source.prefix}{end}", source.container, ((end, task),))


def other_drivers(tasks: Iterable[Task]) -> list[OtherDriver]:
    found = {}
    for _, each in _containers(tasks):
        logging = _logging(each)
        driver = logging.get("logDriver", "")
        if driver != "awslogs":
            options = logging.get("options") or {}
            destination = next((str(options[name]) for name in DESTINATIONS if options.get(name)), "")
            found[each["name"]] = OtherDriver(each["name"], driver, destination)
    return [found[name] for name in sorted(found)]


def _containers(tasks: Iterable[Task]) -> Iterator[tuple[Task, dict[str, Any]]]:
    """Yield each container definition of each task."""
    listed = list(tasks)
    rows = TaskDefinition.objects.filter(arn__in={task.task_definition_arn for task in listed})
    definitions = {row.arn: row.description.get("containerDefinitions", []) for row in rows}
    for task in listed:
        for each in definitions.get(task.task_definition_arn, []):
            yield task, each


def _stream(task: Task, container: dict[str, Any], options: dict[str, Any]) -> tuple[str, str]:
    """Return the beginning of the stream's name and its end: without a stream prefix the container's runtime ID."""
    if prefix := options.get("awslogs-stream-prefix"):
        return f"{prefix}/{container['name']}/", task.name
    described = (each for each in task.description.get("containers", []) if each.get("name") == container["name"])
    return "", next((each.get("runtimeId") or "" for each in described), "")


def _logging(container: dict[str, Any]) -> dict[str, Any]:
    return container.get("logConfiguration") or {}
