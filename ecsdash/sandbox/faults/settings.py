"""All that can go wrong, switched on and off while the sandbox runs.

What strikes tasks and zones is read by the ECS control plane, what strikes calls by whoever answers them, what strikes
events by the post that delivers them.
"""

import random
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from ecsdash.sandbox.ecs.aws_services import TROUBLES, Trouble, Weather

CallTrouble = Literal["api-throttling", "api-errors", "answers-lost", "api-latency"]
EventTrouble = Literal["events-doubled", "events-shuffled", "events-lost"]

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
    "api-throttling": "Calls are throttled",
    "api-errors": "Calls fail with a server error",
    "answers-lost": "Calls take effect, but their answer is lost",
    "api-latency": "Calls are answered late",
    "events-doubled": "Events arrive twice",
    "events-shuffled": "Events arrive out of order",
    "events-lost": "Events are lost",
}


@dataclass(frozen=True)
class Condition:
    """Where a scenario strikes, how often, and for calls answered late: by how many seconds."""

    pattern: str = "*"
    rate: float = 1.0
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError("the rate lies between 0 and 1")
        if not 0 <= self.seconds <= 60:
            raise ValueError("the seconds lie between 0 and 60")


class Sky:
    """`pattern` fits a task's group (`service:web`), a zone's name, a call (`ecs:CreateService`) or an event's type."""

    def __init__(self, over_tasks: Weather, *, seed: int = 0) -> None:
        self._over_tasks = over_tasks
        self._chance = random.Random(seed)  # noqa: S311 the same seed gives the same history
        self.conditions: dict[str, Condition] = {}

    def switch_on(self, name: str, condition: Condition) -> None:
        """Raises ValueError for a scenario that nobody knows."""
        if name not in TITLES:
            raise ValueError(f"there is no weather named {name}")
        self.conditions[name] = condition
        if trouble := _trouble(name):
            self._over_tasks.switch_on(trouble, condition.pattern)

    def switch_off(self, name: str) -> None:
        if name not in TITLES:
            raise ValueError(f"there is no weather named {name}")
        self.conditions.pop(name, None)
        if trouble := _trouble(name):
            self._over_tasks.switch_off(trouble)

    def clear(self) -> None:
        for name in list(self.conditions):
            self.switch_off(name)

    def strikes(self, name: CallTrouble | EventTrouble, what: str) -> bool:
        """Throws the dice, so ask once for each call or event."""
        condition = self.conditions.get(name)
        if condition is None or not fnmatchcase(what, condition.pattern):
            return False
        return condition.rate >= 1 or self._chance.random() < condition.rate

    def delay(self, call: str) -> float:
        """Seconds by which this call's answer is late."""
        return self.conditions["api-latency"].seconds if self.strikes("api-latency", call) else 0.0

    def pick(self, most: float) -> float:
        return self._chance.uniform(0, most)

    def report(self) -> list[dict[str, Any]]:
        return [_described(name, title, self.conditions.get(name)) for name, title in TITLES.items()]


def _trouble(name: str) -> Trouble | None:
    return next((trouble for trouble in TROUBLES if trouble == name), None)


def _described(name: str, title: str, condition: Condition | None) -> dict[str, Any]:
    """`takes` holds what may be said of it, and what was said when it is on."""
    said = condition or Condition()
    takes: dict[str, Any] = {"pattern": said.pattern}
    if name in get_args(CallTrouble) or name in get_args(EventTrouble):
        takes["rate"] = said.rate
    if name == "api-latency":
        takes["seconds"] = said.seconds
    return {"name": name, "title": title, "on": condition is not None, "takes": takes}
