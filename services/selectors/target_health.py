"""Targets of target groups with their health in words, and the tasks that they belong to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from clusters.models import ContainerInstance
from ecsdash.inventory.choices import choices
from ecsdash.inventory.scope import Scope
from ecsdash.web.tone import Tone
from services.models import Service, ServiceEvent, TargetGroup, Task
from services.models.task import LIVING
from services.verdicts.target_causes import TARGET_CAUSES, TargetCause, because_of, unhealthy_in
from services.verdicts.verdict import Verdict

HEALTHY = "healthy"
TONES = {
    HEALTHY: Tone.OK,
    "initial": Tone.PROGRESS,
    "draining": Tone.PROGRESS,
    "unhealthy": Tone.BAD,
    "unhealthy.draining": Tone.BAD,
    "unavailable": Tone.WARN,
}
WORDS = {
    "initial": "Initial health checks",
    "unhealthy.draining": "Unhealthy, draining",
    "unavailable": "Health not known",
}
NO_TASK = "no running task"
HEALTH_CHECKS = "load_balancer_health"  # the cause of tasks that were replaced for the health of their target
EVENTS_READ = 60  # newest messages that are searched for an unhealthy target
#: ID and port of a target. Targets by address have the port 0 here: one task has the address.
Place = tuple[str, int]


@dataclass(frozen=True)
class TaskTarget:
    """A target of a task, with its target group."""

    group: TargetGroup
    target: dict[str, Any]


def shown(target: Mapping[str, Any]) -> dict[str, Any]:
    """Return a target with its health in words, its tone, why it is so, and since when it has been seen so."""
    state, cause = str(target["state"]), TARGET_CAUSES.get(str(target.get("code", "")), TargetCause(""))
    return {
        **target,
        "words": WORDS.get(state, state.capitalize()),
        "tone": TONES.get(state, Tone.IDLE),
        "why": cause.why,
        "how": cause.how if state.startswith("unhealthy") or state == "unused" else "",
        "seen_since": _time(target.get("since")),
    }


def without_task(target: Mapping[str, Any]) -> dict[str, Any]:
    """Return a target whose task has stopped, whatever was observed before."""
    gone = {"state": NO_TASK, "code": "", "reason": "The task of this target has stopped"}
    return {**shown({**target, **gone}), "why": gone["reason"], "seen_since": None}


def place_of(group: TargetGroup, target: Mapping[str, Any]) -> Place:
    return str(target["id"]), 0 if group.target_type == "ip" else int(target.get("port") or 0)


def living_places(scope: Scope, groups: Iterable[TargetGroup]) -> frozenset[Place]:
    """Return the places of tasks that have not stopped, among the targets of these groups."""
    listed = list(groups)
    wanted = {place_of(group, target) for group in listed for target in group.targets}
    if not wanted:
        return frozenset()
    rows = Task.objects.in_scope(scope.account, scope.region).filter(LIVING)
    names = {name for name, _ in wanted}
    by_address = {(address, 0) for address in rows.filter(private_ip__in=names).values_list("private_ip", flat=True)}
    return frozenset(by_address | (_host_ports(scope, rows, names) if any(port for _, port in wanted) else set()))


def _host_ports(scope: Scope, rows: Any, names: set[str]) -> set[Place]:
    """Return (EC2 instance, host port) of the containers of tasks on these instances."""
    instances = ContainerInstance.objects.in_scope(scope.account, scope.region).filter(name__in=names)
    by_arn = dict(instances.values_list("arn", "name"))
    on_them = rows.filter(container_instance_arn__in=by_arn).values_list("container_instance_arn", "description")
    return {(by_arn[arn], port) for arn, description in on_them for port in host_ports(description)}


def host_ports(description: Mapping[str, Any]) -> list[int]:
    """Return the host ports of the containers of a task as ECS describes it."""
    return [
        int(binding.get("hostPort") or 0)
        for container in description.get("containers", ())
        for binding in container.get("networkBindings", ())
    ]


def targets_of(user: Any, task: Task, instance: ContainerInstance | None) -> list[TaskTarget]:
    """Return the targets of a task that has not stopped, in the target groups of its service: its address may belong
    to another task afterwards."""
    if task.stopped or task.forgotten or not task.service_name:
        return []
    scope = Scope(task.account, task.region)
    rows = Service.objects.in_scope(scope.account, scope.region)
    service = rows.filter(cluster_name=task.cluster_name, name=task.service_name).present().first()
    groups = choices(TargetGroup, user, scope).filter(arn__in=service.target_group_arns if service else ())
    own = {(task.private_ip, 0)} | {(instance.name, port) for port in host_ports(task.description) if instance}
    return [
        TaskTarget(group, shown(target))
        for group in groups
        for target in group.targets
        if place_of(group, target) in own
    ]


def with_target_health(service: Service, verdict: Verdict, until: datetime | None = None) -> Verdict:
    """Return the verdict of a task whose load balancer health checks failed, with what ECS reported of its target last,
    before `until` if it is given; other verdicts as they are."""
    if verdict.cause != HEALTH_CHECKS:
        return verdict
    rows = ServiceEvent.objects.filter(service=service).order_by("-created_at")
    before = rows.filter(created_at__lte=until) if until else rows
    reported = (unhealthy_in(message) for message in before.values_list("message", flat=True)[:EVENTS_READ])
    target = next((each for each in reported if each), None)
    return because_of(verdict, target) if target else verdict


def of_task(task: Task, verdict: Verdict | None) -> Verdict | None:
    """Return the verdict of a stopped task with the health of its target."""
    if verdict is None or verdict.cause != HEALTH_CHECKS:
        return verdict
    rows = Service.objects.in_scope(task.account, task.region)
    service = rows.filter(cluster_name=task.cluster_name, name=task.service_name).first()
    return with_target_health(service, verdict, task.stopped_at) if service else verdict


def _time(text: Any) -> datetime | None:
    return parse_datetime(text) if text else None
