"""Handlers of ECS events about tasks and services. Events about services only report that something happened."""

from collections.abc import Sequence

from clusters.event_handlers import ContainerInstanceEvents
from ecsdash.inventory.events.handlers import (
    Event,
    EventEffect,
    Mention,
    NounEvents,
    PoisonError,
    RowUpdate,
    event_handler,
    noun_events,
)
from ecsdash.inventory.scope import Scope
from services.models import Task
from services.sync import capacity_counts, counts, deployments, scaling, services, watched
from services.sync.tasks import record_of

TASKS_CHANGED, STEADY = "tasks changed", "SERVICE_STEADY_STATE"


@event_handler("ECS Task State Change", "tasks")
def task_changed(event: Event) -> EventEffect:
    task = event.detail
    record = record_of(task)
    row = RowUpdate(Task, "tasks", record.arn, int(task["version"]), task, record_of)
    mentions = [Mention("clusters", task["clusterArn"])]
    if instance := record.columns["container_instance_arn"]:
        mentions.append(Mention("container_instances", instance))
    if service := record.columns["service_name"]:
        arn = f"{task['clusterArn'].replace(':cluster/', ':service/')}/{service}"
        mentions.append(Mention("services", arn, "" if _stopped_by_scheduler(task) else TASKS_CHANGED))
    return EventEffect(row, tuple(mentions))


def _stopped_by_scheduler(task: dict[str, str]) -> bool:
    """Return whether the service scheduler stopped it: fewer tasks may be desired, which no event reports."""
    return task.get("stopCode") == "ServiceSchedulerInitiated" and task["lastStatus"] in ("DEACTIVATING", "STOPPED")


@event_handler("ECS Deployment State Change")
@event_handler("ECS Service Action")
def service_acted(event: Event) -> EventEffect:
    """Mention the service that the event names: the event does not describe it."""
    reason = STEADY if event.detail.get("eventName") == STEADY else ""
    mentions = tuple(Mention("services", arn, reason) for arn in event.resources if arn.count("/") == 2)
    if not mentions:
        raise PoisonError("The event names no service with its cluster")
    return EventEffect(mentions=mentions)


@event_handler("Application Auto Scaling Scaling Activity State Change")
def service_scaled(event: Event) -> EventEffect:
    """Mention the service that was scaled to its maximum: no other scaling is an event."""
    resource = str(event.detail.get("resourceId", ""))
    if resource.count("/") != 2 or event.detail.get("serviceNamespace") != "ecs":
        return EventEffect()
    return EventEffect(mentions=(Mention("scaling_activities", resource),))


@noun_events
class ScalingActivityEvents(NounEvents):
    noun = "scaling_activities"

    def needs_describe(self, scope: Scope, mentions: Sequence[Mention]) -> set[str]:
        return {mention.arn for mention in mentions}

    def describe(self, scope: Scope, arns: Sequence[str]) -> None:
        scaling.sweep_scaling_activities(scope)


@noun_events
class ServiceEvents(NounEvents):
    noun = "services"
    covered = True

    def needs_describe(self, scope: Scope, mentions: Sequence[Mention]) -> set[str]:
        """Return the services to describe: not those whose counts follow from tasks, nor those already steady here."""
        by_reason = {
            reason: {mention.arn for mention in mentions if mention.reason == reason}
            for reason in ("", TASKS_CHANGED, STEADY)
        }
        changed, steady = sorted(by_reason[TASKS_CHANGED]), sorted(by_reason[STEADY])
        uncertain = counts.recount(scope, changed) if changed else set[str]()
        unsteady = by_reason[STEADY] - counts.steady_services(scope, steady) if steady else set[str]()
        return by_reason[""] | uncertain | unsteady

    def describe(self, scope: Scope, arns: Sequence[str]) -> None:
        before = scaling.counts_of_scaled(scope, arns)
        services.refresh(scope, arns)
        if before != scaling.counts_of_scaled(scope, arns):
            scaling.sweep_scaling_activities(scope)
        capacity_counts.recount_clusters(scope, sorted({_cluster_arn(arn) for arn in arns}))
        deployments.refresh(scope, arns)

    def watched(self, scope: Scope, *, slow: bool) -> Sequence[str]:
        return watched.watched(scope, slow=slow)

    def describe_watched(self, scope: Scope, arns: Sequence[str]) -> None:
        watched.describe(scope, arns)


@noun_events
class CountedContainerInstances(ContainerInstanceEvents):
    """Container instances whose counts follow from their tasks: nothing is described again."""

    def needs_describe(self, scope: Scope, mentions: Sequence[Mention]) -> set[str]:
        capacity_counts.recount_instances(scope, sorted({mention.arn for mention in mentions}))
        return set()


@noun_events
class CountedClusters(NounEvents):
    """Clusters whose counts follow from their instances, services and tasks."""

    noun = "clusters"

    def needs_describe(self, scope: Scope, mentions: Sequence[Mention]) -> set[str]:
        capacity_counts.recount_clusters(scope, sorted({mention.arn for mention in mentions}))
        return set()


def _cluster_arn(service: str) -> str:
    """`...:service/shop/web` -> `...:cluster/shop`"""
    return service.rpartition("/")[0].replace(":service/", ":cluster/")
