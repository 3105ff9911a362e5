"""What draining, activating and terminating container instances take, for one instance or several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from clusters.models import AutoScalingGroup, Cluster, ContainerInstance
from clusters.planning.occupants import Occupants, RunningTask, occupants_of
from ecsdash.aws.calls import batches
from ecsdash.operations.plan import Change, Check, Level, Observation, Step

UPDATED_AT_ONCE = 10  # UpdateContainerInstancesState takes so many
DRAIN_SECONDS = 3600
NAMED_AT_MOST = 5


@dataclass(frozen=True)
class Chosen:
    """Instances of one cluster, and what runs on them."""

    cluster: Cluster
    rows: tuple[ContainerInstance, ...]
    tasks: tuple[RunningTask, ...]

    @classmethod
    def of(cls, cluster: Cluster, rows: Iterable[ContainerInstance], occupants: Occupants | None = None) -> "Chosen":
        found = tuple(rows)
        running = (occupants or occupants_of(cluster)).on({row.arn for row in found})
        return cls(cluster, found, tuple(running))

    @property
    def arns(self) -> list[str]:
        return [row.arn for row in self.rows]

    @property
    def names(self) -> str:
        return shortened([row.name for row in self.rows])

    @property
    def words(self) -> str:
        return self.rows[0].name if len(self.rows) == 1 else f"{len(self.rows)} instances"

    @property
    def standalone(self) -> list[RunningTask]:
        return [task for task in self.tasks if not task.service]

    @property
    def resource_key(self) -> str:
        return self.rows[0].arn if len(self.rows) == 1 else f"{self.cluster.arn}/instances"

    def observations(self) -> tuple[Observation, ...]:
        return tuple(
            Observation(
                "container_instance_state",
                {"cluster": self.cluster.name, "container_instance": row.arn},
                {"status": row.status},
                f"The instance {row.name}",
            )
            for row in self.rows
        )

    def status_changes(self, after: str) -> tuple[Change, ...]:
        return tuple(Change(f"{row.name} status", row.status, after) for row in self.rows)


def state_steps(chosen: Chosen, status: str, title: str) -> tuple[Step, ...]:
    """The same call twice leaves the same state."""
    return tuple(
        Step(
            f"{status.lower()}_{number}",
            title if number == 1 else f"{title} ({number})",
            "ecs.update_container_instances_state",
            {"cluster": chosen.cluster.name, "containerInstances": list(batch), "status": status},
        )
        for number, batch in enumerate(batches(chosen.arns, UPDATED_AT_ONCE), 1)
    )


def drained_step(chosen: Chosen, *, wait_for_standalone: bool = False) -> Step:
    return Step(
        "drained",
        "Wait until their tasks run elsewhere",
        until="instances_drained",
        until_params={
            "cluster": chosen.cluster.name,
            "container_instances": chosen.arns,
            "tasks": sum(wait_for_standalone or bool(task.service) for task in chosen.tasks),
            "wait_for_standalone": wait_for_standalone,
        },
        timeout=DRAIN_SECONDS,
    )


def room_check(chosen: Chosen) -> Check:
    """Whether the tasks that will be moved fit on the other active instances, largest first.

    An estimate: ports, placement constraints and Fargate are not looked at.
    """
    moving = sorted((task for task in chosen.tasks if task.service), key=lambda task: (task.memory, task.cpu))[::-1]
    if not moving:
        return Check(Level.OK, "No service's task runs there")
    others = [row for row in active_instances(chosen.cluster) if row.arn not in set(chosen.arns)]
    homeless = _unplaced(moving, others)
    if not homeless:
        return Check(Level.OK, f"The other {len(others)} instances have room for the {len(moving)} tasks to be moved")
    names = shortened(sorted({task.service for task in homeless}))
    return Check(
        Level.WARN,
        f"{len(homeless)} of {len(moving)} tasks find no room on the other {len(others)} active instances",
        f"They belong to {names}. A service that must keep all its tasks then holds the instance up.",
        "Launch instances first, or scale the services down.",
    )


def standalone_check(chosen: Chosen, *, terminates: bool) -> Check | None:
    if not chosen.standalone:
        return None
    count = len(chosen.standalone)
    title = f"{count} tasks there belong to no service"
    if terminates:
        return Check(Level.WARN, title, "They end with the instance; nothing starts them again.",
                     "Wait for them below, or run them again elsewhere.")  # fmt: skip
    return Check(Level.WARN, title, "Draining leaves them running.", "Stop them if the instance is to be empty.")


def active_instances(cluster: Cluster) -> "QuerySet[ContainerInstance]":
    """Where tasks can be placed, whoever asks."""
    rows: QuerySet[ContainerInstance] = ContainerInstance.objects.in_scope(cluster.account, cluster.region).present()
    return rows.filter(cluster_name=cluster.name, status="ACTIVE", agent_connected=True)


def group_of(row: ContainerInstance, groups: Sequence[AutoScalingGroup]) -> AutoScalingGroup | None:
    """The Auto Scaling group that holds the instance."""
    return next((group for group in groups if row.name in members(group)), None)


def members(group: AutoScalingGroup) -> list[str]:
    return [each["InstanceId"] for each in group.description.get("Instances", [])]


def shortened(names: Sequence[str]) -> str:
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def _unplaced(tasks: Sequence[RunningTask], instances: Iterable[ContainerInstance]) -> list[RunningTask]:
    room = [[row.remaining_cpu, row.remaining_memory] for row in instances]
    homeless = []
    for task in tasks:
        place = next((each for each in room if each[0] >= task.cpu and each[1] >= task.memory), None)
        if place is None:
            homeless.append(task)
        else:
            place[0] -= task.cpu
            place[1] -= task.memory
    return homeless
