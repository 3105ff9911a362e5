"""The steps that deregister and delete revisions of task definitions, and the checks that nothing uses them."""

from collections.abc import Iterable, Sequence

from clusters.models import Cluster
from ecsdash.aws import limits
from ecsdash.aws.calls import batches
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import Scope
from ecsdash.operations.plan import Check, Level, LiveCheck, Observation, Step
from ecsdash.web.formatting import counted
from services.models import TaskDefinition
from services.selectors.revision_use import NOUNS

DEREGISTER, DELETE = "ecs.deregister_task_definition", "ecs.delete_task_definitions"
TOUCHED = ("task_definitions", "inactive_task_definitions")
FOR_EVER = "A deleted revision cannot be restored. Its number is not used again."


def deregister_steps(rows: Iterable[TaskDefinition]) -> tuple[Step, ...]:
    return tuple(
        Step(f"deregister_{row.revision}", f"Deregister {row.name}", DEREGISTER, {"taskDefinition": row.name})
        for row in rows
    )


def delete_steps(rows: Sequence[TaskDefinition]) -> tuple[Step, ...]:
    """Return the calls that delete revisions, in batches. The answer of a call may refuse some: the wait finds them."""
    return tuple(
        Step(
            f"delete_{number}",
            f"Delete {counted(len(names), 'revision')}: {', '.join(names)}",
            DELETE,
            {"taskDefinitions": names},
            until="task_definitions_deleted",
            until_params={"task_definitions": names},
            timeout=120,
        )
        for number, batch in enumerate(batches(rows, limits.DELETE_TASK_DEFINITIONS), 1)
        for names in [[row.name for row in batch]]
    )


def not_running(scope: Scope, family: str, rows: Iterable[TaskDefinition]) -> Observation:
    """Return the observation that no task runs these revisions now, in any cluster."""
    clusters = Cluster.objects.in_scope(scope.account, scope.region).present().order_by("name")
    identity = {
        "family": family,
        "revisions": [row.name for row in rows],
        "clusters": list(clusters.values_list("name", flat=True)),
    }
    return Observation("revisions_running", identity, {"running": []}, f"Tasks of {family}")


def not_scheduled(scope: Scope, rows: Iterable[TaskDefinition]) -> LiveCheck:
    """Return the live check that no schedule or event rule starts these revisions."""
    clusters = Cluster.objects.in_scope(scope.account, scope.region).present().order_by("name")
    params = {
        "task_definitions": [row.arn for row in rows],
        "clusters": list(clusters.values_list("arn", flat=True)),
    }
    return LiveCheck("no_schedule_names", "No schedule or event rule starts them", params)


def known_check(scope: Scope) -> Check:
    """Return the check that the inventory knows services, deployments and tasks well enough to prove non-use."""
    state = freshness(scope, *NOUNS)
    if state.seen_at is None or state.error_code:
        reason = f"The last refresh failed: {state.error_code}." if state.error_code else "It is still loading."
        return Check(
            Level.BLOCK,
            "The inventory does not show what uses the revisions",
            reason,
            "Wait for the refresh of services, deployments and tasks, and submit the form again.",
        )
    return Check(Level.OK, "Services, deployments and tasks of the account and region are known")
