"""What ECS will do with the tasks of a service when a plan runs: how many start and stop, in which order, how long."""

from collections.abc import Mapping
from typing import Any

from ecsdash.operations.plan import Prediction
from ecsdash.web.formatting import counted
from ecsdash.web.timeline import Timeline
from services.documents.deployment.timeline import timeline
from services.models import Service
from services.planning.room import Room
from services.selectors.earlier_deployments import usual_duration
from services.selectors.rollouts import rollout_of


def of_deployment(service: Service, document: Mapping[str, Any], room: Room | None = None) -> Prediction:
    """Return what a new deployment of the document does: every task is replaced. `room` is that of its tasks on
    instances."""
    rollout = rollout_of(service, document)
    running, wanted, (fewest, most) = rollout.running, rollout.wanted, rollout.limits
    usual = usual_duration(service)
    return Prediction(
        wanted, running, max(most, running), min(fewest, running), seconds=usual.seconds if usual else None,
        timeline=timeline(rollout), earlier=usual.count if usual else 0, fits=_fits(room),
    )  # fmt: skip


def time_line(service: Service) -> Timeline:
    """Return the time line of a deployment with the present settings of the service."""
    return timeline(rollout_of(service, service.description))


def of_scaling(service: Service, wanted: int, room: Room | None = None) -> Prediction:
    """Return what a change of the desired tasks does. No task is replaced. `room` is that of the additional tasks."""
    running = service.running_count
    more, fewer = max(0, wanted - running), max(0, running - wanted)
    words = f"ECS starts {counted(more, 'task')}." if more else f"ECS stops {counted(fewer, 'task')}."
    phases = (words,) if more or fewer else ()
    return Prediction(more, fewer, max(running, wanted), min(running, wanted), phases, fits=_fits(room))


def _fits(room: Room | None) -> tuple[int, int] | None:
    return (room.placed, room.wanted) if room else None
