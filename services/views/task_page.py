"""Context of the task page, from the descriptions of the task and its task definition."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime

from clusters.models import ContainerInstance
from ecsdash.inventory.scope import Scope
from ecsdash.masking import mask
from ecsdash.web.tone import Tone
from services.models import Task, TaskDefinition
from services.selectors import tasks
from services.selectors.changes_before import changes_before
from services.selectors.hidden_values import all_values
from services.selectors.target_health import of_task, targets_of
from services.selectors.verdicts import judged
from services.sync.tasks import interface_details
from services.verdicts.verdict import Verdict

EBS = "AmazonElasticBlockStorage"
MOMENTS = (
    ("createdAt", "Created"),
    ("pullStartedAt", "Image pull started"),
    ("pullStoppedAt", "Image pull completed"),
    ("startedAt", "Started"),
    ("stoppingAt", "Stopping"),
    ("executionStoppedAt", "Containers stopped"),
    ("stoppedAt", "Stopped"),
)


@dataclass(frozen=True)
class Moment:
    """An entry of the timeline; `at` is None if it has not happened yet."""

    label: str
    at: datetime | None


@dataclass(frozen=True)
class ContainerView:
    """One container: its current state (`seen`) and its container definition (`wanted`)."""

    seen: dict[str, Any]
    wanted: dict[str, Any]

    @property
    def tone(self) -> Tone:
        if self.seen.get("lastStatus") == "RUNNING":
            return Tone.BAD if self.seen.get("healthStatus") == "UNHEALTHY" else Tone.OK
        if self.seen.get("lastStatus") == "STOPPED":
            return Tone.BAD if self.failed else Tone.IDLE
        return Tone.PROGRESS

    @property
    def failed(self) -> bool:
        return bool(self.seen.get("exitCode") or self.seen.get("reason"))

    @property
    def ports(self) -> list[str]:
        bound = [f"{b.get('hostPort')} → {b['containerPort']}" for b in self.seen.get("networkBindings", [])]
        return bound or [str(each.get("containerPort")) for each in self.wanted.get("portMappings", [])]


def task_context(user: Any, task: Task) -> dict[str, Any]:
    definition = tasks.definition_of(user, task)
    described, instance = task.description, _instance(user, task)
    return {
        "task": task,
        "definition": definition,
        "definition_url": reverse("services:task_definition", kwargs=definition.url_kwargs()) if definition else "",
        "moments": moments(described, stopped=task.stopped),
        "containers": containers(task, definition),
        "interface": interface_details(described),
        "volumes": volumes(described),
        "instance": instance,
        "targets": targets_of(user, task, instance),
        "explanation": _explanation(user, task),
        "reason": task.masked_reason,
        "overrides": mask(_overrides(described)),
        "overridden": list(all_values(task)),
        "reveal_url": reverse("services:task_reveal", kwargs=task.url_kwargs()),
        "raw": mask(described),
    }


def moments(described: dict[str, Any], *, stopped: bool) -> list[Moment]:
    """Return the past entries of the timeline, and the pending start of a task that has not stopped."""
    found = [Moment(label, _time(described.get(key))) for key, label in MOMENTS]
    return [each for each in found if each.at or (not stopped and each.label == "Started")]


def volumes(described: dict[str, Any]) -> list[dict[str, str]]:
    """Return the details of each EBS volume that ECS attached to the task, and its status."""
    return [
        {**{each["name"]: each["value"] for each in attachment.get("details", [])}, "status": attachment["status"]}
        for attachment in described.get("attachments", [])
        if attachment.get("type") == EBS
    ]


def containers(task: Task, definition: TaskDefinition | None) -> list[ContainerView]:
    wanted = definition.description.get("containerDefinitions", []) if definition else []
    by_name = {each["name"]: each for each in wanted}
    return [
        ContainerView(mask(each), mask(by_name.get(each.get("name", ""), {})))
        for each in task.description.get("containers", [])
    ]


def _explanation(user: Any, task: Task) -> Verdict | None:
    """Return the verdict of an unexpected stop with what changed before, with secrets masked."""
    if task.completed or task.stop_code == "UserInitiated":
        return None
    found = of_task(task, next((each.explanation for each in judged([task])), None))
    if found is None or not task.service_name or task.stopped_at is None:
        return found
    place = (Scope(task.account, task.region), task.cluster_name, task.service_name)
    return replace(found, evidence=(*found.evidence, *changes_before(user, *place, task.stopped_at)))


def _overrides(described: dict[str, Any]) -> dict[str, Any]:
    """Return the overrides without the empty keys that ECS returns."""
    found = {key: value for key, value in described.get("overrides", {}).items() if value}
    own = [each for each in found.pop("containerOverrides", []) if set(each) - {"name"}]
    return {**found, "containerOverrides": own} if own else found


def _instance(user: Any, task: Task) -> ContainerInstance | None:
    if not task.container_instance_arn:
        return None
    found: ContainerInstance | None = (
        ContainerInstance.objects.visible_to(user)
        .filter(arn=task.container_instance_arn)
        .select_related("account")
        .first()
    )
    return found


def _time(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
