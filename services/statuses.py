"""Status enums of the services app and their tones."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import timezone

from ecsdash.web.tone import Tone

if TYPE_CHECKING:
    from services.models import Service, Task


#: A service that lacks tasks and made no progress for this time is stuck.
STUCK_AFTER = timedelta(minutes=10)


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
        if service.lacks_tasks and service.blocking_event:
            return cls.UNPLACED
        if service.deploying and service.failed_tasks > 1:
            return cls.FAILING
        if service.lacks_tasks and (service.deploying or service.pending_count) and _without_progress(service):
            return cls.STUCK
        if service.deploying:
            return cls.DEPLOYING
        if service.running_count < service.desired_count:
            return cls.SCALING if service.pending_count else cls.DEGRADED
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


def _without_progress(service: Service) -> bool:
    return service.progressed_at is not None and timezone.now() - service.progressed_at > STUCK_AFTER


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
