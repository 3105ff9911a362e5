"""What happened to a service while its metrics were measured: deployments, scalings and failed tasks."""

from datetime import datetime
from typing import Any, Final, cast

from django.urls import reverse

from ecsdash.inventory.scope import Scope
from ecsdash.web.charts import Mark
from ecsdash.web.formatting import counted
from services.models import Service, Task
from services.models.task import FAILED
from services.selectors.deployments import deployments_of
from services.selectors.scaling import activities_of

MOST: Final = 60  # of each kind, the latest
FAILURES_READ: Final = 2_000
TOGETHER: Final = 60  # failures in a part of the time of this number are one mark


def marks_of(user: Any, scope: Scope, service: Service, since: datetime, until: datetime) -> list[Mark]:
    """Return the marks in order of time."""
    found = [*_deployments(user, scope, service, since, until), *_scalings(service, since, until),
             *_failures(user, service, since, until)]  # fmt: skip
    return sorted(found, key=lambda mark: mark.at)


def _deployments(user: Any, scope: Scope, service: Service, since: datetime, until: datetime) -> list[Mark]:
    rows = deployments_of(user, scope, service).filter(created_at__range=(since, until))[:MOST]
    return [
        Mark(row.created_at, "deployment", f"Deployment of {row.revision}: {row.status}", row.get_absolute_url())
        for row in rows if row.created_at
    ]  # fmt: skip


def _scalings(service: Service, since: datetime, until: datetime) -> list[Mark]:
    url = reverse("services:service_scaling", kwargs=service.url_kwargs())
    rows = activities_of(service).filter(started_at__range=(since, until))[:MOST]
    return [
        Mark(row.started_at, "scaling", str(row.description.get("Description") or "Scaling activity"), url)
        for row in rows if not row.not_scaled
    ]  # fmt: skip


def _failures(user: Any, service: Service, since: datetime, until: datetime) -> list[Mark]:
    """Return one mark for the failures of a short time, with the page of the latest failed task."""
    rows = Task.objects.visible_to(user).filter(
        FAILED, account=service.account, region=service.region, cluster_name=service.cluster_name,
        service_name=service.name, stopped_at__range=(since, until), completed=False,
    )  # fmt: skip
    part = max(1.0, (until - since).total_seconds() / TOGETHER)
    found: dict[int, list[Task]] = {}
    for task in rows.select_related("account").defer("description").order_by("-stopped_at")[:FAILURES_READ]:
        found.setdefault(int((task.stopped_at - since).total_seconds() // part), []).append(task)
    return [_failed(tasks) for tasks in found.values()]


def _failed(tasks: list[Task]) -> Mark:
    newest = tasks[0]
    text = f"{counted(len(tasks), 'failed task')}: {newest.masked_reason}".rstrip(": ")
    return Mark(cast(datetime, newest.stopped_at), "failure", text, newest.get_absolute_url())
