"""Deployments of services: their tasks and progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ecsdash.inventory.models import ResourceQuerySet, ScopeCondition
from ecsdash.inventory.scope import Scope
from ecsdash.web.tone import Tone
from services.models import Service, ServiceDeployment, Task
from services.statuses import DeploymentStatus

SQUARES = 120  # tasks shown per deployment
FAILED_SQUARES = 8
FAILED_SHOWN = timedelta(minutes=15)
ROLLOUT_TONES = {"COMPLETED": Tone.OK, "IN_PROGRESS": Tone.PROGRESS, "FAILED": Tone.BAD}


@dataclass(frozen=True)
class DeploymentTasks:
    """One current deployment of a service with its tasks. `missing` desired tasks do not exist yet."""

    id: str
    status: str
    revision: str
    desired: int
    running: int
    pending: int
    failed: int
    rollout_state: str
    reason: str
    began_at: datetime | None
    tasks: Sequence[Task]
    hidden: int
    missing: range

    @property
    def primary(self) -> bool:
        return self.status == "PRIMARY"

    @property
    def tone(self) -> Tone:
        if self.primary:
            return (
                Tone.BAD if self.failed > 1 and self.running == 0 else ROLLOUT_TONES.get(self.rollout_state, Tone.IDLE)
            )
        return Tone.IDLE


@dataclass(frozen=True)
class Rollout:
    """Current deployments of a service, oldest first, with the ServiceDeployment row of the newest."""

    deployments: Sequence[DeploymentTasks]
    minimum_percent: int | None
    maximum_percent: int | None
    strategy: str
    record: ServiceDeployment | None

    @property
    def primary(self) -> DeploymentTasks | None:
        return next((each for each in self.deployments if each.primary), None)

    @property
    def moving(self) -> bool:
        primary = self.primary
        return len(self.deployments) > 1 or (primary is not None and primary.rollout_state == "IN_PROGRESS")

    @property
    def stoppable(self) -> bool:
        return self.record is not None and self.record.status in DeploymentStatus.stoppable()

    @property
    def paused(self) -> PausedDeployment | None:
        return paused_at(self.record) if self.record else None

    @property
    def stage(self) -> str:
        return self.record.description.get("lifecycleStage", "") if self.record and self.record.in_flight else ""

    @property
    def breaker(self) -> dict[str, Any]:
        """Return {"status", "failureCount", "threshold"}; empty if the circuit breaker is off or unknown."""
        found: dict[str, Any] = self.record.description.get("deploymentCircuitBreaker", {}) if self.record else {}
        return {} if found.get("status") == "DISABLED" else found


def rollout(service: Service, tasks: Sequence[Task], record: ServiceDeployment | None) -> Rollout:
    configuration = service.description.get("deploymentConfiguration", {})
    deployments = service.description.get("deployments", [])
    shown = sorted(deployments, key=lambda each: (each["status"] == "PRIMARY", each.get("createdAt", "")))
    return Rollout(
        [_deployment_tasks(each, tasks) for each in shown],
        configuration.get("minimumHealthyPercent"),
        configuration.get("maximumPercent"),
        configuration.get("strategy", "ROLLING"),
        record,
    )


def _deployment_tasks(deployment: dict[str, Any], tasks: Sequence[Task]) -> DeploymentTasks:
    mine = [task for task in tasks if task.started_by == deployment["id"]]
    alive = sorted((task for task in mine if _alive(task)), key=lambda task: task.name)
    failed = [task for task in mine if _failed_recently(task)][:FAILED_SQUARES]
    desired = deployment.get("desiredCount", 0)
    return DeploymentTasks(
        id=deployment["id"],
        status=deployment["status"],
        revision=deployment.get("taskDefinition", "").rsplit("/", 1)[-1],
        desired=desired,
        running=deployment.get("runningCount", 0),
        pending=deployment.get("pendingCount", 0),
        failed=deployment.get("failedTasks", 0),
        rollout_state=deployment.get("rolloutState", ""),
        reason=deployment.get("rolloutStateReason", ""),
        began_at=parse_datetime(deployment.get("createdAt", "")),
        tasks=[*alive[:SQUARES], *failed],
        hidden=max(0, len(alive) - SQUARES),
        missing=range(max(0, min(SQUARES, desired) - len(alive))),
    )


def _alive(task: Task) -> bool:
    return task.last_status != "STOPPED" and task.gone_at is None


def _failed_recently(task: Task) -> bool:
    failed = task.last_status == "STOPPED" and task.tone is Tone.BAD
    return failed and task.stopped_at is not None and timezone.now() - task.stopped_at < FAILED_SHOWN


@dataclass(frozen=True)
class InFlight:
    """A service whose deployment is in progress, with the counts of the new deployment's tasks."""

    service: Service
    running: int
    desired: int
    failed: int


def in_flight(rows: QuerySet[Service], most: int) -> list[InFlight]:
    """Return the services among `rows` with a deployment in progress, newest first, with counts of its new tasks."""
    deploying = rows.filter(Q(rollout_state="IN_PROGRESS") | Q(deployments_count__gt=1)).select_related("account")
    return [_in_flight(service) for service in deploying.order_by("-deployed_at", "pk")[:most]]


def _in_flight(service: Service) -> InFlight:
    new = service.new_deployment
    return InFlight(
        service,
        running=new.get("runningCount", 0),
        desired=new.get("desiredCount", service.desired_count),
        failed=service.failed_tasks,
    )


def deployments(user: Any, scopes: ScopeCondition) -> QuerySet[ServiceDeployment]:
    """Return all service deployments of the place, including those that ECS no longer lists."""
    rows = ServiceDeployment.objects.visible_to(user).within(scopes)
    return cast("QuerySet[ServiceDeployment]", rows.select_related("account"))


def listed(user: Any, scopes: ScopeCondition) -> QuerySet[ServiceDeployment]:
    """Return the rows for lists: without descriptions."""
    return cast("QuerySet[ServiceDeployment]", cast(ResourceQuerySet, deployments(user, scopes)).listed("progress"))


def deployments_of(user: Any, scope: Scope, service: Service) -> QuerySet[ServiceDeployment]:
    found = deployments(user, scope).filter(cluster_name=service.cluster_name, service_name=service.name)
    return found.order_by("-created_at", "-pk")


def deployment_or_404(user: Any, scope: Scope, service: Service, name: str) -> ServiceDeployment:
    found = deployments_of(user, scope, service).filter(name=name).first()
    if found is None:
        raise Http404(f"The service {service.name} has no deployment {name}")
    return found


def stoppable(service: Service) -> ServiceDeployment | None:
    """Return the service's deployment that StopServiceDeployment can stop, None when there is none."""
    rows = ServiceDeployment.objects.in_scope(service.account, service.region).present().filter(
        cluster_name=service.cluster_name, service_name=service.name, status__in=DeploymentStatus.stoppable()
    )  # fmt: skip
    return cast("ServiceDeployment | None", rows.order_by("-created_at", "-pk").first())


@dataclass(frozen=True)
class PausedDeployment:
    """A deployment that a PAUSE hook holds. At `expires_at` ECS does `then` by itself: ROLLBACK or CONTINUE."""

    deployment: ServiceDeployment
    hook_id: str
    expires_at: datetime | None
    then: str

    @property
    def stage_in_words(self) -> str:
        return str(self.deployment.description.get("lifecycleStage", "")).replace("_", " ").lower()

    @property
    def sources(self) -> list[str]:
        return sources(self.deployment)

    @property
    def rolls_back(self) -> bool:
        return self.then != "CONTINUE"


def paused(service: Service) -> PausedDeployment | None:
    """Return the service's deployment that waits for a person's decision, None when there is none."""
    record = stoppable(service)
    return paused_at(record) if record else None


def paused_at(record: ServiceDeployment) -> PausedDeployment | None:
    """Return the hook at which the deployment waits for a person, None when it does not wait."""
    for hook in record.description.get("lifecycleHookDetails", []) if record.in_flight else []:
        if hook.get("targetType") == "PAUSE" and hook.get("status") == "AWAITING_ACTION":
            ends = parse_datetime(str(hook.get("expiresAt", "")))
            return PausedDeployment(record, hook["hookId"], ends, hook.get("timeoutAction", "ROLLBACK"))
    return None


def sources(record: ServiceDeployment) -> list[str]:
    """Return the `family:revision` of the source revisions."""
    definitions: dict[str, str] = record.description.get("taskDefinitions", {})
    arns = [source["arn"] for source in record.description.get("sourceServiceRevisions", [])]
    return [definitions[arn].rsplit("/", 1)[-1] for arn in arns if definitions.get(arn)]
