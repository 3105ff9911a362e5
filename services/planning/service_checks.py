"""Checks of changes of a service, from the inventory."""

import math
from collections.abc import Iterator

from ecsdash.aws.prices import Estimate
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level
from services.models import Service, TaskDefinition
from services.planning.room import room_for_more
from services.planning.task_costs import size_cost
from services.selectors.scaling import target_of
from services.selectors.task_definitions import definition_of_service


def percents(desired: int, minimum: int, maximum: int) -> Iterator[Check]:
    """Yield checks whether a rolling deployment can stop an old task or start a new one."""
    fewest, most = math.ceil(desired * minimum / 100), math.floor(desired * maximum / 100)
    if desired and fewest >= desired and most <= desired:
        yield Check(
            Level.BLOCK,
            "A deployment cannot stop or start a task",
            f"At least {fewest} and at most {most} of {desired} tasks must run.",
            "Lower the minimum or raise the maximum running tasks %.",
        )
    elif fewest == 0 and desired:
        yield Check(
            Level.WARN,
            "A deployment may stop all tasks before new tasks run",
            f"The minimum running tasks % is {minimum}.",
            "Raise it if the service must stay available.",
        )


def ending_checks(service: Service, definition: TaskDefinition) -> Iterator[Check]:
    """Yield checks whether a new deployment ends by itself when its tasks fail."""
    configuration = service.description.get("deploymentConfiguration", {})
    if not configuration.get("deploymentCircuitBreaker", {}).get("enable"):
        yield Check(
            Level.WARN,
            "The deployment circuit breaker is off",
            "If the new tasks do not start, ECS keeps retrying.",
            "Turn it on under Edit service.",
        )
    else:
        yield Check(Level.OK, "The deployment circuit breaker is on")
    if not _checked(service, definition):
        yield Check(
            Level.WARN,
            "A crash after the start is not noticed",
            "No container has a health check and no load balancer checks the tasks: ECS counts a task as good once it "
            "has run, and the circuit breaker does not count its later stops.",
            "Add a health check to an essential container.",
        )
    if target_of(service):
        detail = "Auto scaling stops no tasks while the deployment is in progress."
        yield Check(Level.OK, "The number of tasks stays as it is", detail)
    if service.deploying:
        yield Check(
            Level.WARN, "A deployment is in progress", "The new one replaces it.", "Wait if it should complete."
        )


def _checked(service: Service, definition: TaskDefinition) -> bool:
    containers = definition.description.get("containerDefinitions", [])
    return bool(service.target_group_arns) or any(
        each.get("healthCheck") for each in containers if each.get("essential", True)
    )


def room_checks(context: ActionContext, service: Service, more: int) -> tuple[Check, ...]:
    """Return checks whether `more` tasks fit on the container instances of the service."""
    found = room_for_more(context, service, more)
    return tuple(found.checks(context, Level.BLOCK)) if found else ()


def count_cost(service: Service, more: int) -> Estimate | None:
    """Return the cost of `more` tasks (negative: fewer) of the service; None on container instances."""
    definition = definition_of_service(service)
    described = definition.description if definition else {}
    return size_cost(service, described, described, service.desired_count + more) if definition else None
