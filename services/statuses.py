"""Status enums of the services app and their tones."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import timezone

from ecsdash.web.tone import Tone
from services.verdicts.placement_causes import BOUNDS
from services.verdicts.services import cannot_move

if TYPE_CHECKING:
    from services.models import Service, Task


#: A service that lacks tasks and made no progress for this time is stuck, whatever its earlier tasks took.
STUCK_AFTER = timedelta(minutes=10)
#: The least time that a service may take without progress.
SHORTEST = timedelta(seconds=60)
#: Time in which ECS replaces a task that ended: a service that lacks one is not degraded yet.
SETTLE = timedelta(seconds=20)
#: Seconds in which a load balancer stops sending requests to an old task, if it has the usual delay.
DRAINING_SECONDS = 300
#: Failed tasks in a row from which on a service is in trouble.
FAILURES = 2


class ServiceHealth(StrEnum):
    """Health of a service in one word, derived from ECS's counts, events and rollout state."""

    STEADY = "Steady"
    DEPLOYING = "Deploying"
    FAILING = "Tasks failing"
    UNPLACED = "Cannot place tasks"
    STUCK = "Stuck"
    SCALING = "Scaling"
    DEGRADED = "Degraded"
    FAILED = "Deployment failed"
    STOPPED = "Scaled to zero"
    DRAINING = "Draining"
    INACTIVE = "Inactive"

    @classmethod
    def of(cls, service: Service) -> ServiceHealth:
        if service.status != "ACTIVE":
            return cls.DRAINING if service.status == "DRAINING" else cls.INACTIVE
        if service.rollout_state == "FAILED":
            return cls.FAILED
        if service.lacks_tasks and (blocked := _blocked(service)):
            return blocked
        if (service.deploying and service.failed_tasks > 1) or _keeps_failing(service):
            return cls.FAILING
        if service.lacks_tasks and (service.deploying or service.pending_count) and _without_progress(service):
            return cls.STUCK
        if service.deploying:
            return cls.DEPLOYING
        if service.running_count < service.desired_count:
            waits = service.pending_count or not _lacks_for(service, SETTLE)
            return cls.SCALING if waits else cls.DEGRADED
        if service.running_count > service.desired_count:
            return cls.SCALING
        return cls.STEADY if service.desired_count else cls.STOPPED

    @property
    def tone(self) -> Tone:
        return {
            ServiceHealth.STEADY: Tone.OK,
            ServiceHealth.DEPLOYING: Tone.PROGRESS,
            ServiceHealth.FAILING: Tone.BAD,
            ServiceHealth.UNPLACED: Tone.BAD,
            ServiceHealth.STUCK: Tone.WARN,
            ServiceHealth.SCALING: Tone.PROGRESS,
            ServiceHealth.DEGRADED: Tone.WARN,
            ServiceHealth.FAILED: Tone.BAD,
            ServiceHealth.STOPPED: Tone.IDLE,
            ServiceHealth.DRAINING: Tone.WARN,
            ServiceHealth.INACTIVE: Tone.IDLE,
        }[self]


def patience(service: Service) -> timedelta:
    """Return how long a service may lack tasks without progress: three times as long as its earlier tasks took to
    start, and the time in which its load balancer takes leave of old tasks."""
    if service.usual_start is None:
        return STUCK_AFTER
    draining = DRAINING_SECONDS if service.target_group_arns and service.deploying else 0
    return min(STUCK_AFTER, max(SHORTEST, timedelta(seconds=3 * service.usual_start + draining)))


def _blocked(service: Service) -> ServiceHealth | None:
    """Return the health of a service that ECS says cannot come further, or that cannot by its own settings."""
    if BOUNDS.search(service.blocking_event) or (service.deploying and cannot_move(service.description)):
        return ServiceHealth.STUCK
    return ServiceHealth.UNPLACED if service.blocking_event else None


def _keeps_failing(service: Service) -> bool:
    """Return whether its tasks fail in a row: the second failure counts, until a task lives longer than those did."""
    if service.recent_failures < FAILURES or service.failing_until is None:
        return False
    return service.lacks_tasks or service.failing_until > timezone.now()


def _without_progress(service: Service) -> bool:
    return service.progressed_at is not None and timezone.now() - service.progressed_at > patience(service)


def _lacks_for(service: Service, time: timedelta) -> bool:
    return service.lacking_since is None or timezone.now() - service.lacking_since > time


#: Healths that need attention.
TROUBLED = (
    ServiceHealth.FAILED,
    ServiceHealth.FAILING,
    ServiceHealth.UNPLACED,
    ServiceHealth.STUCK,
    ServiceHealth.DEGRADED,
)


class TaskStatus(StrEnum):
    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    ACTIVATING = "ACTIVATING"
    RUNNING = "RUNNING"
    DEACTIVATING = "DEACTIVATING"
    STOPPING = "STOPPING"
    DEPROVISIONING = "DEPROVISIONING"
    STOPPED = "STOPPED"

    @classmethod
    def tone_of(cls, task: Task) -> Tone:
        if task.last_status == cls.RUNNING:
            return Tone.BAD if task.health_status == "UNHEALTHY" else Tone.OK
        if task.last_status == cls.STOPPED:
            wanted = task.stop_code in ("UserInitiated", "ServiceSchedulerInitiated", "")
            return Tone.IDLE if wanted else Tone.BAD
        return Tone.PROGRESS


class DeploymentStatus(StrEnum):
    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESSFUL = "SUCCESSFUL"
    STOP_REQUESTED = "STOP_REQUESTED"
    STOPPED = "STOPPED"
    ROLLBACK_REQUESTED = "ROLLBACK_REQUESTED"
    ROLLBACK_IN_PROGRESS = "ROLLBACK_IN_PROGRESS"
    ROLLBACK_SUCCESSFUL = "ROLLBACK_SUCCESSFUL"
    ROLLBACK_FAILED = "ROLLBACK_FAILED"

    @classmethod
    def in_flight(cls) -> tuple[DeploymentStatus, ...]:
        return (cls.PENDING, cls.IN_PROGRESS, cls.STOP_REQUESTED, cls.ROLLBACK_REQUESTED, cls.ROLLBACK_IN_PROGRESS)

    @classmethod
    def stoppable(cls) -> tuple[DeploymentStatus, ...]:
        """Return the statuses in which StopServiceDeployment works."""
        return (cls.PENDING, cls.IN_PROGRESS)

    @classmethod
    def tone_of(cls, status: str) -> Tone:
        if status == cls.SUCCESSFUL:
            return Tone.OK
        if status in (cls.PENDING, cls.IN_PROGRESS):
            return Tone.PROGRESS
        if status in (cls.STOPPED, cls.STOP_REQUESTED):
            return Tone.IDLE
        if status == cls.ROLLBACK_FAILED:
            return Tone.BAD
        return Tone.WARN
