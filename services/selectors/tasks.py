"""Queries of tasks. Each is limited to the rows that the user may see."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404

from ecsdash.inventory.models import ResourceQuerySet, ScopeCondition
from ecsdash.inventory.scope import Scope
from services.models import Service, Task, TaskDefinition
from services.models.task import ENDED, LIVING


def tasks(user: Any, scopes: ScopeCondition) -> QuerySet[Task]:
    """Return all tasks of the place, including those that ECS no longer lists."""
    rows = Task.objects.visible_to(user).within(scopes).defer("words")
    return cast("QuerySet[Task]", rows.select_related("account"))


def listed(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Return the rows for lists: without columns of the task page."""
    return cast(ResourceQuerySet, rows).listed("words", "images", "group", "started_by", "container_instance_arn")


def current(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.filter(LIVING)


def ended(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.filter(ENDED)


def task_or_404(user: Any, scope: Scope, task_id: str) -> Task:
    found = tasks(user, scope).filter(name=task_id).first()
    if found is None:
        raise Http404(f"The task {task_id} does not exist")
    return found


def tasks_of(user: Any, service: Service) -> QuerySet[Task]:
    """Return the tasks of a service, newest first."""
    rows = tasks(user, Scope(service.account, service.region))
    return rows.filter(cluster_name=service.cluster_name, service_name=service.name).order_by("-created_at")


def definition_of(user: Any, task: Task) -> TaskDefinition | None:
    """Return the task definition of the task; None if it is not visible or not in the inventory."""
    rows = TaskDefinition.objects.visible_to(user).filter(arn=task.task_definition_arn)
    return cast("TaskDefinition | None", rows.select_related("account").first())
