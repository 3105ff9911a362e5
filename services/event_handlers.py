"""What ECS's events say of tasks and services. Of services they say only that something happened."""

from collections.abc import Sequence

from ecsdash.inventory.events.handlers import Event, News, PoisonError, RowNews, event_handler, refresher
from ecsdash.inventory.scope import Scope
from services.models import Task
from services.sync import deployments, services
from services.sync.tasks import record_of

#: Statuses on the way that change no counter of the task's service.
ON_THE_WAY = {"ACTIVATING", "STOPPING", "DEPROVISIONING"}


@event_handler("ECS Task State Change", "tasks")
def task_changed(event: Event) -> News:
    task = event.detail
    record = record_of(task)
    row = RowNews(Task, "tasks", record.arn, int(task["version"]), task, record_of)
    service = record.columns["service_name"]
    if not service or task["lastStatus"] in ON_THE_WAY:
        return News(row)
    return News(row, (("services", f"{task['clusterArn'].replace(':cluster/', ':service/')}/{service}"),))


@event_handler("ECS Deployment State Change")
@event_handler("ECS Service Action")
def service_acted(event: Event) -> News:
    """Such an event names its service and carries nothing of it."""
    touches = tuple(("services", arn) for arn in event.resources if arn.count("/") == 2)
    if not touches:
        raise PoisonError("It names no service with its cluster")
    return News(touches=touches)


@refresher("services")
def describe_services_again(scope: Scope, arns: Sequence[str]) -> None:
    services.refresh(scope, arns)
    deployments.refresh(scope, arns)
