"""What runs in a cluster, for plans that must know: the app above, which knows services and tasks, says so here."""

from collections.abc import Callable
from dataclasses import dataclass

from clusters.models import Cluster


@dataclass(frozen=True)
class RunningTask:
    """`service` is empty for a task that no service manages. CPU in units, memory in MiB, as reserved."""

    arn: str
    service: str
    container_instance_arn: str
    cpu: int
    memory: int


@dataclass(frozen=True)
class Occupants:
    """The services that are not deleted, by name, and the tasks that are not stopped."""

    services: tuple[str, ...] = ()
    tasks: tuple[RunningTask, ...] = ()

    @property
    def standalone(self) -> list[RunningTask]:
        return [task for task in self.tasks if not task.service]

    def on(self, container_instances: set[str]) -> list[RunningTask]:
        return [task for task in self.tasks if task.container_instance_arn in container_instances]


Source = Callable[[Cluster], Occupants]
_sources: list[Source] = []


def occupants_source(function: Source) -> Source:
    _sources.append(function)
    return function


def occupants_of(cluster: Cluster) -> Occupants:
    found = [source(cluster) for source in _sources]
    return Occupants(
        tuple(name for each in found for name in each.services), tuple(task for each in found for task in each.tasks)
    )
