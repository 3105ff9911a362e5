"""The section of an operation's page with the tasks that it ran: status, exit codes and last log lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ecsdash.access.models import User
from ecsdash.operations.models import Operation
from ecsdash.operations.page_parts import Section, section
from services import jobs
from services.models import Task
from services.selectors import logs, tasks
from services.selectors.logs import ContainerLog

CALL: Final = "ecs.run_task"
#: Tasks that a page shows.
SHOWN: Final = 3
WAITING: Final = "Loading the task ..."
NOT_SEEN: Final = "This task is not in the inventory, or you do not have permission to see it."


@dataclass(frozen=True)
class RanTask:
    """A task that was run; `task` is None while it is not in the inventory."""

    name: str
    task: Task | None
    missing: str = ""
    written: Sequence[ContainerLog] = ()

    @property
    def reason(self) -> str:
        return self.task.masked_reason if self.task and not self.task.completed else ""

    @property
    def codes(self) -> list[tuple[str, int]]:
        described = self.task.description.get("containers", []) if self.task else []
        return [(each["name"], each["exitCode"]) for each in described if each.get("exitCode") is not None]


@section("run_task")
def ran_tasks(user: User, operation: Operation) -> Section | None:
    """Return the section with the tasks of the operation; None if its plan runs none."""
    if not any(step.call == CALL for step in operation.plan.steps):
        return None
    arns = list(_arns(operation))
    rows = {row.arn: row for row in tasks.tasks(user, operation.scope).filter(arn__in=arns[:SHOWN])}
    active = operation.state_enum.active
    missing = WAITING if active else NOT_SEEN
    shown = [_ran(arn, rows.get(arn), missing) for arn in arns[:SHOWN]]
    context = {
        "title": "Tasks" if len(arns) > 1 else "Task",
        "ran": shown,
        "none": "The task has not started yet." if active else "No task was started.",
        "more": len(arns) - len(shown),
    }
    return Section("services/tasks/ran.html", context, ("tasks", "logs"), not active and all(map(_final, shown)))


def _arns(operation: Operation) -> Iterator[str]:
    called = {step.key for step in operation.plan.steps if step.call == CALL}
    for row in operation.steps.all():
        if row.key in called:
            yield from (each["taskArn"] for each in row.result.get("tasks", ()))


def _ran(arn: str, task: Task | None, missing: str) -> RanTask:
    name = arn.rpartition("/")[2]
    if task is None:
        return RanTask(name, None, missing)
    written = logs.logs(task)
    if written and not logs.complete(task, written):
        jobs.request_logs(task.pk)
    return RanTask(name, task, "", written)


def _final(ran: RanTask) -> bool:
    """Return whether nothing about the task changes any more."""
    return ran.task is None or (ran.task.stopped and (not ran.written or logs.complete(ran.task, list(ran.written))))
