"""Estates: what exists in the simulated AWS at its start, and what goes on in it by itself."""

from typing import Protocol

from ecsdash.sandbox.driver import Chore
from ecsdash.sandbox.ecs import EcsControlPlane
from ecsdash.sandbox.estate import small


class Estate(Protocol):
    def build(self, url: str) -> None:
        """Creates it through the API at `url`, as any client would."""

    def chores(self, plane: EcsControlPlane, now: float) -> list[Chore]: ...


ESTATES: dict[str, Estate | None] = {"empty": None, "small": small}
