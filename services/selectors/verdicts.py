"""Verdicts of stopped tasks and services, from rows of the inventory. Texts are masked before they are judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import Q
from django.utils import timezone

from ecsdash.inventory.scope import Scope
from ecsdash.masking import mask
from services.models import Service, ServiceDeployment, ServiceEvent, Task, TaskDefinition, TaskLog
from services.models.task import FAILED
from services.selectors.changes_before import changes_before
from services.selectors.target_health import with_target_health
from services.statuses import TROUBLED, ServiceHealth
from services.verdicts.facts import facts_of
from services.verdicts.placement_causes import BLOCKING
from services.verdicts.services import cannot_move, judge_blocking, judge_bounds, judge_deployment, judge_no_progress
from services.verdicts.tasks import judge
from services.verdicts.verdict import Verdict

RECENT = timedelta(hours=1)
FAILURES_READ = 300  # failed tasks read for all services together
BEFORE = timedelta(minutes=30)  # a change this long before the first failure may be its cause


@dataclass(frozen=True)
class StoppedTask:
    """A stopped task with the verdict of its stop, None if there is none."""

    task: Task
    explanation: Verdict | None

    @property
    def what(self) -> str:
        return self.explanation.what if self.explanation else self.task.masked_reason or "Stopped"


@dataclass(frozen=True)
class FailureGroup:
    """Failed tasks with the same cause: the newest of them, their number, and when the oldest of them stopped."""

    verdict: Verdict
    task: Task
    number: int
    since: datetime | None = None

    @property
    def words(self) -> str:
        return "1 task" if self.number == 1 else f"{self.number} tasks: same cause"

    @property
    def seconds(self) -> float:
        """Time between the oldest and the newest failure."""
        newest = self.task.stopped_at
        return (newest - self.since).total_seconds() if newest and self.since else 0.0


@dataclass(frozen=True)
class ServiceProblem:
    """Why a service is in trouble; `task` is the newest failed task, None if no task could start. `groups` are all
    failures, the newest first."""

    explanation: Verdict
    task: Task | None = None
    groups: Sequence[FailureGroup] = ()

    @property
    def restarts(self) -> int:
        return sum(group.number for group in self.groups)


def judged(tasks: Iterable[Task]) -> list[StoppedTask]:
    """Return the stopped tasks among these with their verdicts: two queries, whatever their number."""
    stopped = [task for task in tasks if task.stopped]
    arns = {task.task_definition_arn for task in stopped}
    definitions = dict(TaskDefinition.objects.filter(arn__in=arns).values_list("arn", "description"))
    lines = _with_those_of_equal_ends(stopped, _last_lines(stopped))
    return [
        StoppedTask(task, _verdict(task, definitions.get(task.task_definition_arn), lines.get(task.pk, {})))
        for task in stopped
    ]


def grouped(stopped: Iterable[StoppedTask]) -> list[FailureGroup]:
    """Return the failures by their cause, in the order of the tasks."""
    groups: dict[tuple[str, str], FailureGroup] = {}
    for each in stopped:
        if each.explanation:
            key = (each.explanation.cause, each.explanation.what)
            known = groups.get(key) or FailureGroup(each.explanation, each.task, 0)
            groups[key] = replace(known, number=known.number + 1, since=each.task.stopped_at)
    return list(groups.values())


def problems_of(user: Any, services: Iterable[Service]) -> dict[int, ServiceProblem]:
    """Return service key -> why it is in trouble, of those that are."""
    troubled = [service for service in services if service.health in TROUBLED]
    failed = _failures(user, troubled)
    return {service.pk: _problem(service, failed.get(service.pk, [])) for service in troubled}


def problem_of(user: Any, service: Service) -> ServiceProblem | None:
    """Return why the service is in trouble, with what changed before; None if it is not."""
    found = problems_of(user, [service]).get(service.pk)
    if found is None:
        return None
    began = found.groups[0].since if found.groups else service.lacking_since
    place = (Scope(service.account, service.region), service.cluster_name, service.name)
    changed = changes_before(user, *place, began or timezone.now())
    return replace(found, explanation=_with(found.explanation, changed))


def _problem(service: Service, failed: Sequence[StoppedTask]) -> ServiceProblem:
    groups = grouped(failed)
    blocked = _blocked_because(service)
    if blocked:
        return ServiceProblem(_with(blocked, _change_before(service)), groups=groups)
    if groups:
        newest = groups[0]
        verdict = with_target_health(service, newest.verdict)
        return ServiceProblem(_with(verdict, _history(service, failed)), newest.task, groups)
    return ServiceProblem(_with(_without_failure(service), _change_before(service)))


def _blocked_because(service: Service) -> Verdict | None:
    """Return why ECS cannot start the tasks, if it says so or its settings do."""
    if service.health not in (ServiceHealth.UNPLACED, ServiceHealth.STUCK):
        return None
    if service.deploying and cannot_move(service.description):
        return judge_bounds(service.description, service.without_name(service.blocking_event))
    return judge_blocking(service.without_name(service.blocking_event))


def _without_failure(service: Service) -> Verdict:
    """Return the verdict without a failed task: what ECS said during the deployment, or that nothing moves."""
    reason = service.new_deployment.get("rolloutStateReason", "")
    if service.health == ServiceHealth.FAILED and (verdict := judge_deployment(reason)):
        return verdict
    if service.lacks_tasks and (said := _said_before(service)) and (verdict := judge_blocking(said)):
        return verdict
    new = service.new_deployment if service.deploying else {}
    running = new.get("runningCount", service.running_count)
    since = service.progressed_at or service.lacking_since or timezone.now()
    return judge_no_progress(running, service.desired_count, timezone.now() - since, service.event_words)


def _said_before(service: Service) -> str:
    """Return ECS's newest message during the deployment that tasks cannot start, though tasks have started since."""
    since = service.deployed_at or timezone.now() - RECENT
    events = ServiceEvent.objects.filter(service=service, created_at__gte=since).order_by("-created_at")
    messages = events.values_list("message", flat=True)[:100]
    return next((service.without_name(message) for message in messages if BLOCKING.search(message)), "")


def _failures(user: Any, services: Sequence[Service]) -> dict[int, list[StoppedTask]]:
    """Return service key -> its recent failures, newest first: those of the primary deployment if it has any."""
    if not services:
        return {}
    places, keys = Q(pk__in=[]), dict[tuple[int, str, str, str], Service]()
    for each in services:
        place = (each.account_id, each.region, each.cluster_name, each.name)
        places |= Q(account=place[0], region=place[1], cluster_name=place[2], service_name=place[3])
        keys[place] = each
    rows = Task.objects.visible_to(user).filter(
        places, FAILED, last_status="STOPPED", stopped_at__gte=timezone.now() - RECENT
    )
    found: dict[int, list[StoppedTask]] = {}
    for stopped in judged(rows.select_related("account").order_by("-stopped_at")[:FAILURES_READ]):
        task = stopped.task
        service = keys[task.account_id, task.region, task.cluster_name, task.service_name]
        found.setdefault(service.pk, []).append(stopped)
    return {service.pk: _of_deployment(service, found.get(service.pk, [])) for service in services}


def _of_deployment(service: Service, failed: list[StoppedTask]) -> list[StoppedTask]:
    deployment = service.new_deployment.get("id")
    return [each for each in failed if each.task.started_by == deployment] or failed


def _history(service: Service, failed: Sequence[StoppedTask]) -> tuple[str, ...]:
    """Return what changed before, and how often tasks ended."""
    number = len(failed)
    restarts = (f"{number} tasks failed in the last hour.",) if number > 1 else ()
    return (*restarts, *_change_before(service))


def _change_before(service: Service) -> tuple[str, ...]:
    """Return the deployment that began shortly before, and the revision that ran before it."""
    if service.deployed_at is None or timezone.now() - service.deployed_at > RECENT + BEFORE:
        return ()
    rows = ServiceDeployment.objects.in_scope(service.account, service.region).filter(
        cluster_name=service.cluster_name, service_name=service.name
    )
    newest = cast("ServiceDeployment | None", rows.order_by("-created_at", "-pk").first())
    before = _sources(newest) if newest else ""
    minutes = max(0, round((timezone.now() - service.deployed_at).total_seconds() / 60))
    ran = f" Before it, {before} ran." if before and before != service.revision else ""
    return (f"{service.revision} was deployed {minutes} min ago.{ran}",)


def _sources(record: ServiceDeployment) -> str:
    definitions: Mapping[str, str] = record.description.get("taskDefinitions", {})
    arns = [source["arn"] for source in record.description.get("sourceServiceRevisions", [])]
    return ", ".join(definitions[arn].rsplit("/", 1)[-1] for arn in arns if definitions.get(arn))


def _with(verdict: Verdict, evidence: tuple[str, ...]) -> Verdict:
    return replace(verdict, evidence=(*evidence, *verdict.evidence))


def _verdict(task: Task, definition: Mapping[str, Any] | None, lines: Mapping[str, Sequence[str]]) -> Verdict | None:
    described = {
        "stopCode": task.stop_code,
        "stoppedReason": task.masked_reason,
        "containers": mask(task.description.get("containers", [])),
    }
    return judge(facts_of(described, definition, lines))


def _with_those_of_equal_ends(
    tasks: Sequence[Task], known: Mapping[int, Mapping[str, Sequence[str]]]
) -> dict[int, Mapping[str, Sequence[str]]]:
    """Return the lines of each task; where they were not read, those of the newest task of the same revision that ended
    in the same way: not every log of a crash loop is read."""
    of_end: dict[tuple[str, str, int], Mapping[str, Sequence[str]]] = {}
    for task in tasks:
        if known.get(task.pk):
            of_end.setdefault(_end(task), known[task.pk])
    return {task.pk: known.get(task.pk) or of_end.get(_end(task), {}) for task in tasks}


def _end(task: Task) -> tuple[str, str, int]:
    return task.task_definition_arn, task.stop_code, task.exit_code


def _last_lines(tasks: Sequence[Task]) -> dict[int, dict[str, list[str]]]:
    """Return task key -> container -> its last log lines, as far as the inventory has them."""
    rows = TaskLog.objects.filter(task__in=[task.pk for task in tasks])
    found: dict[int, dict[str, list[str]]] = {}
    for key, container, lines in rows.values_list("task_id", "container", "lines"):
        found.setdefault(key, {})[container] = [str(mask(line["message"])) for line in lines[-20:]]
    return found
