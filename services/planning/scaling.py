"""Parts of the plans that change auto scaling, and what it does with a number of tasks."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from ecsdash.access.permissions import Permission
from ecsdash.operations.plan import Check, Effect, Level, Observation, Step
from ecsdash.web.formatting import counted
from services.models import ScalableTarget, Service
from services.planning.services import ServiceAction
from services.selectors.scaling import DIMENSION, SUSPENSIONS, resource_id, target_of
from services.sync.scaling import target_key

REGISTER: Final = "application-autoscaling.register_scalable_target"
SCALING_NOUNS: Final = ("scalable_targets", "scaling_policies", "scheduled_actions", "scaling_activities")
BOUNDS: Final = ("MinCapacity", "MaxCapacity")
WITHOUT: Final = "The service has no auto scaling. Set its bounds first."
DAEMON: Final = "A DAEMON service runs one task on each container instance: it cannot be scaled."


class ScalingAction(ServiceAction):
    """An action on the auto scaling of a service. Its operations exclude each other, not those of the service."""

    permission = Permission.OPERATE
    icon = "chart-line"
    watches = SCALING_NOUNS
    #: Whether the service must have auto scaling already.
    needs_target: ClassVar[bool] = True

    def unavailable(self, resource: Any) -> str:
        if resource.scheduling_strategy == "DAEMON":
            return DAEMON
        reason = super().unavailable(resource)
        return reason or (WITHOUT if self.needs_target and target_of(resource) is None else "")


def named(service: Service) -> dict[str, str]:
    """Return the parameters by which calls name the scalable target of a service."""
    return {"ServiceNamespace": "ecs", "ResourceId": resource_id(service), "ScalableDimension": DIMENSION}


def key_of(service: Service) -> str:
    """Return the key of the scalable target, which only one operation at a time may change."""
    return target_key(service.account, service.region, named(service))


def bounds_step(key: str, title: str, service: Service, values: Mapping[str, Any], **more: Any) -> Step:
    return Step(key, title, REGISTER, {**named(service), **values}, **more)


def bounds_of(target: ScalableTarget) -> dict[str, int]:
    return {"MinCapacity": target.minimum, "MaxCapacity": target.maximum}


def suspensions_of(target: ScalableTarget | None) -> dict[str, bool]:
    state = target.suspended if target else {}
    return {name: bool(state.get(name)) for name in SUSPENSIONS}


def observed_target(
    service: Service, target: ScalableTarget | None, *effects: Effect, names: tuple[str, ...] = BOUNDS
) -> Observation:
    """Return the observation of members of the scalable target; None: it must not exist."""
    values = {name: target.description.get(name) for name in names} if target else None
    identity = {"named": named(service), "names": list(names)}
    return Observation("scalable_target", identity, values, f"Auto scaling of {service.name}", effects)


def moved_by(service: Service, least: int, most: int) -> int:
    """Return how many tasks auto scaling starts (negative: stops) to come within these bounds."""
    return max(least, min(most, service.desired_count)) - service.desired_count


def bounds_checks(service: Service, least: int, most: int) -> Iterator[Check]:
    """Yield checks of new bounds: what auto scaling does at once."""
    moved = moved_by(service, least, most)
    if moved > 0:
        yield Check(Level.WARN, f"Auto scaling starts {counted(moved, 'task')}", f"At least {least} must run.")
    elif moved < 0:
        yield Check(Level.WARN, f"Auto scaling stops {counted(-moved, 'task')}", f"At most {most} may run.")
    else:
        yield Check(Level.OK, f"The {counted(service.desired_count, 'desired task')} lie within the bounds")
    if least == 0:
        detail = "Policies that follow CPU, memory or requests have no data without tasks, and start none."
        yield Check(Level.WARN, "Auto scaling may stop all tasks", detail, "Set the minimum to 1 or more.")


def count_checks(service: Service, count: int) -> Iterator[Check]:
    """Yield a check of a desired count: what auto scaling does with it. Nothing without auto scaling."""
    target = target_of(service)
    if target is None:
        return
    bounds = f"{target.minimum} to {target.maximum}"
    if not target.minimum <= count <= target.maximum:
        back = max(target.minimum, min(target.maximum, count))
        title = f"Auto scaling sets desired tasks back to {back}"
        fix = "Change the bounds too (Scale has fields for them), or use Hold to keep a number for a time."
        yield Check(Level.BLOCK, title, f"It keeps {bounds} tasks.", fix)
    else:
        yield Check(Level.OK, f"Within the bounds of auto scaling, {bounds}", "It may change the number again.")
