"""The faults that can be switched on and off while the simulated AWS runs.

Faults of tasks and zones are read by the ECS control plane, those of calls by the middleware, those of events by the
event delivery.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeVar, get_args

from ecsdash.sandbox.faults.task_faults import TASK_FAULTS, TaskFault, TaskFaults

Kind = TypeVar("Kind")
CallFault = Literal["api-throttling", "api-errors", "answers-lost", "answers-garbled", "api-latency"]
EventFault = Literal["events-doubled", "events-shuffled", "events-lost"]

TITLES = {
    "image-missing": "Images cannot be pulled",
    "crash-loop": "Containers exit soon after their start",
    "out-of-memory": "Containers are killed for their memory",
    "failing-health-checks": "Health checks fail",
    "secret-missing": "Secrets cannot be read",
    "no-capacity": "Capacity is unavailable",
    "spot-interruption": "Spot tasks are interrupted",
    "zone-down": "An Availability Zone is down",
    "slow-starts": "Tasks start slowly",
    "hook-fails": "Lambda functions of lifecycle hooks answer FAILED",
    "hook-waits": "Lambda functions of lifecycle hooks answer IN_PROGRESS",
    "api-throttling": "Calls are throttled",
    "api-errors": "Calls fail with a server error",
    "answers-lost": "Calls take effect, but their response is lost",
    "answers-garbled": "Calls take effect, but something else answers",
    "api-latency": "Responses are delayed",
    "events-doubled": "Events arrive twice",
    "events-shuffled": "Events arrive out of order",
    "events-lost": "Events are lost",
}


@dataclass(frozen=True)
class Fault:
    """Which names a fault affects, how often, and for delayed responses by how many seconds."""

    pattern: str = "*"
    rate: float = 1.0
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError("the rate lies between 0 and 1")
        if not 0 <= self.seconds <= 60:
            raise ValueError("the seconds lie between 0 and 60")


class FaultSettings:
    """A pattern matches a task group (`service:web`), a zone, a call (`ecs:CreateService`) or the type of an event."""

    def __init__(self, task_faults: TaskFaults, *, seed: int = 0) -> None:
        self._task_faults = task_faults
        self._rng = random.Random(seed)  # noqa: S311 the same seed gives the same history
        self.active: dict[str, Fault] = {}

    def switch_on(self, name: str, fault: Fault) -> None:
        """Raise ValueError for an unknown fault."""
        if name not in TITLES:
            raise ValueError(f"there is no fault named {name}")
        self.active[name] = fault
        if task_fault := _task_fault(name):
            self._task_faults.switch_on(task_fault, fault.pattern)

    def switch_off(self, name: str) -> None:
        if name not in TITLES:
            raise ValueError(f"there is no fault named {name}")
        self.active.pop(name, None)
        if task_fault := _task_fault(name):
            self._task_faults.switch_off(task_fault)

    def clear(self) -> None:
        for name in list(self.active):
            self.switch_off(name)

    def affects(self, name: CallFault | EventFault, what: str) -> bool:
        """Decide at random by the rate of the fault, so ask once for each call or event."""
        fault = self.active.get(name)
        if fault is None or not fnmatchcase(what, fault.pattern):
            return False
        return fault.rate >= 1 or self._rng.random() < fault.rate

    def delay(self, call: str) -> float:
        """Return the seconds by which the response to this call is late."""
        return self.active["api-latency"].seconds if self.affects("api-latency", call) else 0.0

    def choice(self, kinds: Sequence[Kind]) -> Kind:
        return self._rng.choice(kinds)

    def random_delay(self, most: float) -> float:
        return self._rng.uniform(0, most)

    def report(self) -> list[dict[str, Any]]:
        return [_described(name, title, self.active.get(name)) for name, title in TITLES.items()]


def _task_fault(name: str) -> TaskFault | None:
    return next((fault for fault in TASK_FAULTS if fault == name), None)


def _described(name: str, title: str, fault: Fault | None) -> dict[str, Any]:
    """`takes` holds the parameters of the fault with their values."""
    settings = fault or Fault()
    takes: dict[str, Any] = {"pattern": settings.pattern}
    if name in get_args(CallFault) or name in get_args(EventFault):
        takes["rate"] = settings.rate
    if name == "api-latency":
        takes["seconds"] = settings.seconds
    return {"name": name, "title": title, "on": fault is not None, "takes": takes}
