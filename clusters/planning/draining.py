"""Steps and checks of draining, activating and terminating container instances."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from clusters.models import AutoScalingGroup, Cluster, ContainerInstance
from clusters.planning.placement import Occupant, place, slots
from clusters.planning.room import judged_partly, refusals
from clusters.planning.workload import RunningTask, Workload, workload_of
from ecsdash.aws.calls import batches
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Change, Check, Effect, Level, Observation, Step
from ecsdash.web.formatting import counted

UPDATED_AT_ONCE = 10  # the maximum of UpdateContainerInstancesState
DRAIN_SECONDS = 3600
NAMED_AT_MOST = 5


@dataclass(frozen=True)
class SelectedInstances:
    """The container instances of one cluster that an action changes, and the tasks on them."""

    cluster: Cluster
    rows: tuple[ContainerInstance, ...]
    tasks: tuple[RunningTask, ...]
    occupants: tuple[Occupant, ...] = ()

    @classmethod
    def of(
        cls, cluster: Cluster, rows: Iterable[ContainerInstance], workload: Workload | None = None
    ) -> "SelectedInstances":
        instances = tuple(rows)
        found = workload or workload_of(cluster)
        return cls(cluster, instances, tuple(found.on({row.arn for row in instances})), tuple(found.occupants))

    @property
    def arns(self) -> list[str]:
        return [row.arn for row in self.rows]

    @property
    def names(self) -> str:
        return shortened([row.name for row in self.rows])

    @property
    def label(self) -> str:
        return self.rows[0].name if len(self.rows) == 1 else f"{len(self.rows)} container instances"

    @property
    def standalone(self) -> list[RunningTask]:
        return [task for task in self.tasks if not task.service]

    @property
    def resource_key(self) -> str:
        return self.rows[0].arn if len(self.rows) == 1 else f"{self.cluster.arn}/instances"

    def observations(self, after: str, *, gone: bool = False) -> tuple[Observation, ...]:
        """Return those of plans that set the status `after` and then, with `gone`, terminate the instances."""
        ends = [{"status": after}, *([None] if gone else [])]
        return tuple(
            Observation(
                "container_instance_state",
                {"cluster": self.cluster.name, "container_instance": row.arn},
                {"status": row.status},
                f"Container instance {row.name}",
                tuple(Effect(f"{after.lower()}_{1 + number // UPDATED_AT_ONCE}", values) for values in ends),
            )
            for number, row in enumerate(self.rows)
        )

    def status_changes(self, after: str) -> tuple[Change, ...]:
        return tuple(Change(f"{row.name} status", row.status, after) for row in self.rows)


def state_steps(selected: SelectedInstances, status: str, title: str) -> tuple[Step, ...]:
    """Return the calls that set the status. They are safe to repeat."""
    return tuple(
        Step(
            f"{status.lower()}_{number}",
            title if number == 1 else f"{title} ({number})",
            "ecs.update_container_instances_state",
            {"cluster": selected.cluster.name, "containerInstances": list(batch), "status": status},
        )
        for number, batch in enumerate(batches(selected.arns, UPDATED_AT_ONCE), 1)
    )


def drained_step(selected: SelectedInstances, *, wait_for_standalone: bool = False) -> Step:
    return Step(
        "drained",
        "Wait until all tasks have moved or stopped"
        if wait_for_standalone
        else "Wait until the service tasks have moved",
        until="instances_drained",
        until_params={
            "cluster": selected.cluster.name,
            "container_instances": selected.arns,
            "tasks": sum(wait_for_standalone or bool(task.service) for task in selected.tasks),
            "wait_for_standalone": wait_for_standalone,
        },
        timeout=DRAIN_SECONDS,
    )


def capacity_checks(context: ActionContext, selected: SelectedInstances) -> tuple[Check, ...]:
    """Return whether the service tasks fit on the other active instances, placed largest first."""
    moving = sorted(
        (task for task in selected.tasks if task.service and not task.stays),
        key=lambda task: (task.demand.memory, task.demand.cpu),
        reverse=True,
    )
    if not moving:
        return (Check(Level.OK, "No service tasks to move"),)
    rows = active_instances(selected.cluster).exclude(arn__in=selected.arns).select_related("account").order_by("name")
    free = slots(rows, selected.occupants)
    unplaced = place([task.demand for task in moving], free)
    others = counted(len(free), "other active instance")
    if not unplaced:
        one = len(moving) == 1
        return (Check(Level.OK, f"{counted(len(moving), 'task')} fit{'s' if one else ''} on {others}"),)
    reasons, links = refusals(context.user, selected.cluster, unplaced[0], free)
    names = shortened(sorted({each.group.removeprefix("service:") for each in unplaced}))
    check = Check(
        Level.WARN,
        f"No room for {len(unplaced)} of {counted(len(moving), 'task')} on {others}",
        f"Services: {names}. A task requires {unplaced[0].size}. {reasons} ECS keeps their tasks running while the "
        "minimum running tasks % requires it, so draining may not complete.",
        "Launch container instances first, or scale the services in.",
        links,
    )
    return (check, *judged_partly(unplaced[0], free))


def standalone_check(selected: SelectedInstances, *, terminates: bool) -> Check | None:
    if not selected.standalone:
        return None
    title = f"{counted(len(selected.standalone), 'standalone task')} on {selected.label}"
    if terminates:
        return Check(Level.WARN, title, "They stop when the instance is terminated, and ECS does not replace them.",
                     "Choose to wait for standalone tasks, or run them again on other instances.")  # fmt: skip
    return Check(Level.WARN, title, "Draining does not stop standalone tasks.", "Stop them to empty the instance.")


def active_instances(cluster: Cluster) -> "QuerySet[ContainerInstance]":
    """Return the instances on which ECS can place tasks, whether or not the user may see them."""
    rows: QuerySet[ContainerInstance] = ContainerInstance.objects.in_scope(cluster.account, cluster.region).present()
    return rows.filter(cluster_name=cluster.name, status="ACTIVE", agent_connected=True)


def group_of(row: ContainerInstance, groups: Sequence[AutoScalingGroup]) -> AutoScalingGroup | None:
    """Return the Auto Scaling group of the instance, None if it has none."""
    return next((group for group in groups if row.name in members(group)), None)


def members(group: AutoScalingGroup) -> list[str]:
    return [each["InstanceId"] for each in group.description.get("Instances", [])]


def shortened(names: Sequence[str]) -> str:
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
