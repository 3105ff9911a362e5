"""What ECS will do with the tasks of a service when a plan runs: how many start and stop, in which order, how long."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from statistics import median
from typing import Any, Final

from ecsdash.operations.plan import Prediction
from ecsdash.web.formatting import counted, elapsed
from services.models import Service, ServiceDeployment
from services.planning.pace import Pace
from services.planning.room import Room
from services.statuses import DeploymentStatus

#: Earlier deployments whose durations are looked at.
EARLIER: Final = 10


def of_deployment(service: Service, document: Mapping[str, Any], room: Room | None = None) -> Prediction:
    """Return what a new deployment of the document does: every task is replaced. `room` is that of its tasks on
    instances."""
    durations = _durations(service)
    return replace(
        _of_tasks(service, document),
        seconds=median(durations) if durations else None,
        earlier=len(durations),
        fits=(room.placed, room.wanted) if room else None,
    )


def _of_tasks(service: Service, document: Mapping[str, Any]) -> Prediction:
    running = service.running_count
    wanted = running if service.scheduling_strategy == "DAEMON" else document.get("desiredCount", service.desired_count)
    configuration = document.get("deploymentConfiguration", {})
    strategy = configuration.get("strategy", "ROLLING")
    if strategy != "ROLLING":
        phases = tuple(_shifting(strategy, configuration, running, wanted))
        return Prediction(wanted, running, running + wanted, min(running, wanted), phases)
    pace = Pace.of({**document, "desiredCount": wanted}, running)
    phases = tuple(_rolling(running, wanted, pace.fewest, pace.most))
    return Prediction(wanted, running, max(pace.most, running), min(pace.fewest, running), phases)


def of_scaling(service: Service, wanted: int, room: Room | None = None) -> Prediction:
    """Return what a change of the desired tasks does. No task is replaced. `room` is that of the additional tasks."""
    running = service.running_count
    more, fewer = max(0, wanted - running), max(0, running - wanted)
    words = f"ECS starts {counted(more, 'task')}." if more else f"ECS stops {counted(fewer, 'task')}."
    phases = (words,) if more or fewer else ()
    fits = (room.placed, room.wanted) if room else None
    return Prediction(more, fewer, max(running, wanted), min(running, wanted), phases, fits=fits)


def _rolling(running: int, wanted: int, fewest: int, most: int) -> Iterator[str]:
    first = min(wanted, max(0, most - running))
    if not running or not wanted:
        yield f"ECS starts {counted(wanted, 'task')}." if wanted else f"ECS stops {counted(running, 'task')}."
        return
    if first:
        yield f"ECS starts {counted(first, 'new task')} beside the {running} that run."
        rest = "" if first == wanted else f", and starts the other {wanted - first} in their place"
        yield f"As new tasks become healthy it stops the old tasks{rest}."
    else:
        yield f"ECS stops {counted(max(0, running - fewest), 'old task')} first, then starts new tasks in their place."
    yield f"Between {fewest} and {most} tasks run meanwhile."


def _shifting(strategy: str, configuration: Mapping[str, Any], running: int, wanted: int) -> Iterator[str]:
    """Yield the phases of a deployment that shifts traffic, with their times."""
    yield f"ECS starts {counted(wanted, 'new task')} beside the {running} that run."
    bake = configuration.get("bakeTimeInMinutes", 0)
    waits = _steps(strategy, configuration)
    if strategy == "CANARY":
        canary = configuration.get("canaryConfiguration", {})
        share, minutes = canary.get("canaryPercent", 5), canary.get("canaryBakeTimeInMinutes", 10)
        yield f"It shifts {share:g} % of the traffic, waits {minutes} min, then shifts the rest."
    elif strategy == "LINEAR":
        linear = configuration.get("linearConfiguration", {})
        share, minutes = linear.get("stepPercent", 10), linear.get("stepBakeTimeInMinutes", 6)
        yield f"It shifts {share:g} % of the traffic at a time and waits {minutes} min after each step."
    else:
        yield "It shifts all traffic at once."
    for hook in configuration.get("lifecycleHooks", []):
        stages = ", ".join(each.replace("_", " ").lower() for each in hook.get("lifecycleStages", []))
        asked = "waits until somebody continues" if hook.get("targetType") == "PAUSE" else "calls a function"
        yield f"At {stages} it {asked}."
    yield f"It keeps the old tasks for {bake} min (bake time), then stops them."
    yield f"Shifting and baking take {elapsed(60.0 * (waits + bake))} in all."


def _steps(strategy: str, configuration: Mapping[str, Any]) -> int:
    """Return the minutes that shifting waits between its steps."""
    if strategy == "CANARY":
        return int(configuration.get("canaryConfiguration", {}).get("canaryBakeTimeInMinutes", 10))
    if strategy == "LINEAR":
        linear = configuration.get("linearConfiguration", {})
        steps = math.ceil(100 / linear.get("stepPercent", 10))
        return int((steps - 1) * linear.get("stepBakeTimeInMinutes", 6))
    return 0


def _durations(service: Service) -> list[float]:
    """Return the seconds that the service's last successful deployments took."""
    rows = ServiceDeployment.objects.filter(
        account=service.account_id, region=service.region, cluster_name=service.cluster_name,
        service_name=service.name, status=DeploymentStatus.SUCCESSFUL,
    ).order_by("-created_at").only("created_at", "finished_at")[:EARLIER]  # fmt: skip
    return [row.seconds for row in rows if row.seconds is not None]
