"""Restarts of services: tasks that failed within the last hour and the last 24 hours, counted from the stored tasks."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Q

from ecsdash.inventory.changes import bump
from services.models import Service, Task
from services.models.task import FAILED

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
PLACE: Final = ("account", "region", "cluster_name", "service_name")

Counts = tuple[int, int]


def count_restarts(now: datetime) -> None:
    """Write the numbers of every service whose numbers changed."""
    counted = _counted(now)
    names = {place[3] for place in counted}
    rows = Service.objects.filter(Q(restarts_day__gt=0) | Q(name__in=names), gone_at=None).select_related("account")
    moved = {}
    for row in rows.only("account", "region", "cluster_name", "name", "restarts_hour", "restarts_day"):
        hour, day = counted.get((row.account_id, row.region, row.cluster_name, row.name), (0, 0))
        if (row.restarts_hour, row.restarts_day) != (hour, day):
            Service.objects.filter(pk=row.pk).update(restarts_hour=hour, restarts_day=day)
            moved[row.account_id, row.region] = row.account
    with transaction.atomic():
        for (_, region), account in moved.items():
            bump(account, region, "services")


def _counted(now: datetime) -> dict[tuple[int, str, str, str], Counts]:
    rows = Task.objects.filter(FAILED, last_status="STOPPED", stopped_at__gte=now - DAY).exclude(service_name="")
    hour = Count("pk", filter=Q(stopped_at__gte=now - HOUR))
    numbers = rows.order_by().values_list(*PLACE).annotate(hour=hour, day=Count("pk"))
    return {(account, region, cluster, name): (hour, day) for account, region, cluster, name, hour, day in numbers}
