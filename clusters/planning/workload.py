"""The services and tasks of a cluster, for plans. The services app, which knows them, registers the source."""

from collections.abc import Callable
from dataclasses import dataclass

from clusters.models import Cluster
from clusters.planning.placement import Demand, Occupant


@dataclass(frozen=True)
class RunningTask:
    """`service` is empty for a standalone task. `stays`: ECS does not move it to another instance (DAEMON)."""

    arn: str
    service: str
    container_instance_arn: str
    demand: Demand
    stays: bool = False


@dataclass(frozen=True)
class Workload:
    """The names of the services that are not deleted, and the tasks that are not stopped."""

    services: tuple[str, ...] = ()
    tasks: tuple[RunningTask, ...] = ()

    @property
    def standalone(self) -> list[RunningTask]:
        return [task for task in self.tasks if not task.service]

    @property
    def occupants(self) -> list[Occupant]:
        return [
            Occupant(task.container_instance_arn, task.demand.group, task.demand.own_interface) for task in self.tasks
        ]

    def on(self, container_instances: set[str]) -> list[RunningTask]:
        """Return the tasks on container instances with these ARNs."""
        return [task for task in self.tasks if task.container_instance_arn in container_instances]


Source = Callable[[Cluster], Workload]
_sources: list[Source] = []


def workload_source(function: Source) -> Source:
    """Register a function that returns a cluster's services and tasks."""
    _sources.append(function)
    return function


def workload_of(cluster: Cluster) -> Workload:
    """Return what all sources report, as one workload."""
    parts = [source(cluster) for source in _sources]
    return Workload(
        tuple(name for part in parts for name in part.services), tuple(task for part in parts for task in part.tasks)
    )
