"""Scenarios: the resources that exist in the simulated AWS at its start, and recurring jobs."""

import re
from typing import Protocol

from ecsdash.sandbox.driver import RecurringJob
from ecsdash.sandbox.ecs import EcsControlPlane
from ecsdash.sandbox.scenarios import small
from ecsdash.sandbox.scenarios.grid import Grid

MOST = (100, 50, 20)


class Scenario(Protocol):
    def build(self, url: str, plane: EcsControlPlane) -> None:
        """Create the resources, mostly through the API at `url`."""

    def recurring_jobs(self, plane: EcsControlPlane, now: float) -> list[RecurringJob]: ...


def named(name: str) -> Scenario | None:
    """Return the scenario of a name: `empty`, `small` or `CLUSTERSxSERVICESxTASKS`; else raise ValueError."""
    if name in ("empty", "small"):
        return small if name == "small" else None
    if not re.fullmatch(r"\d+x\d+x\d+", name):
        raise ValueError("a scenario is empty, small or of a size such as 10x20x5")
    clusters, services, tasks = (int(part) for part in name.split("x"))
    if clusters > MOST[0] or services > MOST[1] or tasks > MOST[2]:
        raise ValueError("a scenario has at most 100x50x20: clusters, services in each, tasks in each")
    return Grid(clusters, services, tasks)
