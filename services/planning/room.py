"""Whether the tasks of a plan fit on the container instances of its cluster: one judgement for every action."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clusters.models import Cluster
from clusters.planning.draining import active_instances
from clusters.planning.placement import Demand, Slot, candidates, place, slots
from clusters.planning.room import growing, judged_partly, refusals
from ecsdash.inventory.scope import Scope
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level
from ecsdash.web.formatting import counted
from services.documents.deployment.timeline import Rollout
from services.forms.service.start import present_document
from services.models import Service, Task, TaskDefinition
from services.models.task import LIVING
from services.planning.task_demand import demand_of, occupants
from services.selectors.task_definitions import definition_of_service

#: Instances that were registered outside EC2, on which only the launch type EXTERNAL places tasks.
EXTERNAL_PREFIX = "mi-"


@dataclass(frozen=True)
class Room:
    """How many of the `wanted` tasks find an instance, and what is free when the others do not."""

    cluster: Cluster
    demand: Demand
    wanted: int
    placed: int
    free: Sequence[Slot] = field(default_factory=tuple)

    @property
    def enough(self) -> bool:
        return self.placed >= self.wanted

    def checks(self, context: ActionContext, without_instances: Level) -> Iterator[Check]:
        """Yield the checks. With no instance at all the level is `without_instances`."""
        if not self.wanted:
            return
        grows = growing(context.scope, self.demand.providers)
        if not candidates(self.demand, self.free):
            yield self._no_instances(without_instances, grows)
        elif self.enough:
            yield Check(Level.OK, self._all_fit)
        else:
            yield self._too_little(context, grows)
        if self.free:
            yield from judged_partly(self.demand, self.free)

    @property
    def _all_fit(self) -> str:
        words = "The task fits" if self.wanted == 1 else f"All {self.wanted} tasks fit"
        return f"{words} on the container instances of {self.cluster.name}"

    def _no_instances(self, level: Level, grows: str) -> Check:
        title = f"{self.cluster.name} has no active container instances"
        if grows:
            return Check(Level.OK, title, grows)
        detail = "" if level is Level.BLOCK else "No task starts until instances are registered."
        return Check(level, title, detail, "Launch instances first, or run on Fargate.")

    def _too_little(self, context: ActionContext, grows: str) -> Check:
        title = f"Only {self.placed} of {counted(self.wanted, 'task')} fit{'s' if self.placed == 1 else ''} now"
        words, links = refusals(context.user, self.cluster, self.demand, self.free)
        needs = f"Each task requires {self.demand.size}."
        if grows:
            return Check(Level.OK, title, f"{grows} {needs}", links=links)
        return Check(Level.WARN, title, f"{needs} {words}", self._fix, links)

    @property
    def _fix(self) -> str:
        if self.demand.ports and any("is in use" in each.lacks(self.demand) for each in self.free):
            return (
                "Use host port 0 (dynamic) or the network mode awsvpc, launch more instances, or lower the minimum "
                "running tasks % so that old tasks stop first."
            )
        return "Launch more instances, or run fewer tasks."


def room_for(
    context: ActionContext,
    definition: TaskDefinition,
    document: Mapping[str, Any],
    cluster: str,
    count: int,
    group: str,
) -> Room | None:
    """Return the room for `count` more tasks of the definition; None unless they run on EC2."""
    row = _cluster(context.scope, cluster) if _on_instances(document) else None
    if row is None:
        return None
    demand = demand_of(definition, group, document)
    free = _free(row, demand)
    unplaced = place([demand] * count, free)
    return Room(row, demand, count, count - len(unplaced), free)


def room_for_deployment(
    context: ActionContext, service: Service, definition: TaskDefinition, document: Mapping[str, Any]
) -> Room | None:
    """Return the room for the tasks that replace those of the service; None unless they run on EC2."""
    document = _with_launch_type(service, document)
    row = _cluster(context.scope, service.cluster_name) if _on_instances(document) else None
    if row is None:
        return None
    group = f"service:{service.name}"
    demand = demand_of(definition, group, document)
    free = _free(row, demand)
    present = definition_of_service(service)
    old = demand_of(present, group) if present else demand
    on = {slot.instance.arn: slot for slot in free}
    running = [on[arn] for arn in _instances_of(service) if arn in on]
    if service.scheduling_strategy == "DAEMON":
        return _daemons(row, demand, old, running, free)
    rollout = Rollout(document.get("deploymentConfiguration", {}), len(running), document.get("desiredCount", 0))
    return Room(row, demand, rollout.wanted, _replaced(demand, old, running, free, rollout), free)


def room_for_more(context: ActionContext, service: Service, more: int) -> Room | None:
    """Return the room for `more` tasks of what the service runs; None unless they run on EC2."""
    definition = definition_of_service(service)
    if definition is None or more <= 0:
        return None
    document = _with_launch_type(service, present_document(service))
    return room_for(context, definition, document, service.cluster_name, more, f"service:{service.name}")


def _with_launch_type(service: Service, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the document with the launch type by which ECS runs a service that names none."""
    named = document.get("launchType") or _strategy(document)
    return document if named else {**document, "launchType": service.launch_type}


def _replaced(demand: Demand, old: Demand, running: list[Slot], free: Sequence[Slot], rollout: Rollout) -> int:
    """Return how many new tasks start until the deployment can neither start a new task nor stop an old one.

    ECS chooses which old tasks stop: here those whose end helps the new tasks least stop first.
    """
    left, placed = list(running), 0
    fewest, most = rollout.limits
    while placed < rollout.wanted:
        before = (placed, len(left))
        starts = min(rollout.wanted - placed, most - placed - len(left))
        placed += starts - len(place([demand] * starts, free)) if starts > 0 else 0
        stops = min(len(left), max(0, placed + len(left) - fewest)) if placed < rollout.wanted else 0
        left.sort(key=lambda slot: _helps(slot, demand, old))
        for slot in left[:stops]:
            slot.take(old, -1)
        left = left[stops:]
        if before == (placed, len(left)):
            break
    return placed


def _helps(slot: Slot, demand: Demand, old: Demand) -> bool:
    """Return whether a new task fits on the instance once an old one has stopped there."""
    slot.take(old, -1)
    fits = not slot.lacks(demand)
    slot.take(old)
    return fits


def _daemons(cluster: Cluster, demand: Demand, old: Demand, running: list[Slot], free: Sequence[Slot]) -> Room:
    """Return the room for one task on each instance, where the old one stops first."""
    for slot in running:
        slot.take(old, -1)
    hosts = candidates(demand, free)
    placed = sum(not slot.lacks(demand) for slot in hosts)
    return Room(cluster, demand, len(hosts), placed, free)


def _cluster(scope: Scope, name: str) -> Cluster | None:
    rows = Cluster.objects.in_scope(scope.account, scope.region).present().select_related("account")
    found: Cluster | None = rows.filter(name=name).first()
    return found


def _on_instances(document: Mapping[str, Any]) -> bool:
    strategy = _strategy(document)
    if strategy:
        return not any(each["capacityProvider"].startswith("FARGATE") for each in strategy)
    return bool(document.get("launchType") == "EC2")


def _strategy(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(document.get("capacityProviderStrategy") or ())


def _free(cluster: Cluster, demand: Demand) -> list[Slot]:
    rows = (
        active_instances(cluster).exclude(name__startswith=EXTERNAL_PREFIX).select_related("account").order_by("name")
    )
    return slots(rows, occupants(cluster) if demand.depends_on_tasks else ())


def _instances_of(service: Service) -> list[str]:
    rows = Task.objects.in_scope(service.account, service.region).filter(
        LIVING, cluster_name=service.cluster_name, service_name=service.name
    )
    return list(rows.order_by("name").values_list("container_instance_arn", flat=True))
