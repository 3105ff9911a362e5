"""What ECS's events say of tasks and services. Of services they say only that something happened."""

from collections.abc import Sequence

from ecsdash.inventory.events.handlers import (
    Event,
    News,
    PoisonError,
    RowNews,
    Touch,
    event_handler,
    refresher,
    weigher,
)
from ecsdash.inventory.scope import Scope
from services.models import Task
from services.sync import capacity_counts, counts, deployments, services
from services.sync.tasks import record_of

TASKS, STEADY = "its tasks changed", "SERVICE_STEADY_STATE"


@event_handler("ECS Task State Change", "tasks")
def task_changed(event: Event) -> News:
    task = event.detail
    record = record_of(task)
    row = RowNews(Task, "tasks", record.arn, int(task["version"]), task, record_of)
    touches = [Touch("clusters", task["clusterArn"])]
    if instance := record.columns["container_instance_arn"]:
        touches.append(Touch("container_instances", instance))
    if service := record.columns["service_name"]:
        arn = f"{task['clusterArn'].replace(':cluster/', ':service/')}/{service}"
        touches.append(Touch("services", arn, "" if _sent_away(task) else TASKS))
    return News(row, tuple(touches))


def _sent_away(task: dict[str, str]) -> bool:
    """The scheduler has stopped it: perhaps fewer are wanted, which no event tells."""
    return task.get("stopCode") == "ServiceSchedulerInitiated" and task["lastStatus"] in ("DEACTIVATING", "STOPPED")


@event_handler("ECS Deployment State Change")
@event_handler("ECS Service Action")
def service_acted(event: Event) -> News:
    """Such an event names its service and carries nothing of it."""
    word = STEADY if event.detail.get("eventName") == STEADY else ""
    touches = tuple(Touch("services", arn, word) for arn in event.resources if arn.count("/") == 2)
    if not touches:
        raise PoisonError("It names no service with its cluster")
    return News(touches=touches)


@weigher("services")
def worth_describing(scope: Scope, touches: Sequence[Touch]) -> set[str]:
    """Counters follow from the tasks; a service that is steady here too has nothing to tell."""
    told = {word: {touch.arn for touch in touches if touch.word == word} for word in ("", TASKS, STEADY)}
    unsure = counts.recount(scope, sorted(told[TASKS])) if told[TASKS] else set[str]()
    unsteady = told[STEADY] - counts.steady(scope, sorted(told[STEADY])) if told[STEADY] else set[str]()
    return told[""] | unsure | unsteady


@weigher("container_instances")
def count_instances(scope: Scope, touches: Sequence[Touch]) -> set[str]:
    """What instances hold follows from their tasks: nothing is described again."""
    capacity_counts.recount_instances(scope, sorted({touch.arn for touch in touches}))
    return set()


@weigher("clusters")
def count_clusters(scope: Scope, touches: Sequence[Touch]) -> set[str]:
    capacity_counts.recount_clusters(scope, sorted({touch.arn for touch in touches}))
    return set()


@refresher("services")
def describe_services_again(scope: Scope, arns: Sequence[str]) -> None:
    services.refresh(scope, arns)
    capacity_counts.recount_clusters(scope, sorted({_cluster_arn(arn) for arn in arns}))
    deployments.refresh(scope, arns)


def _cluster_arn(service: str) -> str:
    """`...:service/shop/web` -> `...:cluster/shop`"""
    return service.rpartition("/")[0].replace(":service/", ":cluster/")
