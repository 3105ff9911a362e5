"""How many tasks ran at a time, and what they reserved, from the tasks of the inventory."""

from collections import defaultdict
from datetime import UTC, datetime
from itertools import accumulate
from math import ceil
from typing import Final

from django.db.models import Q, QuerySet

from clusters.models import ContainerInstance
from ecsdash.inventory.scope import Scope
from services.models import Task
from services.sync.metric_sources import Subject

#: Names of the values: running tasks, CPU units and MiB.
OURS: Final = ("our_running", "our_cpu", "our_memory")
CHUNK: Final = 5_000
Amounts = tuple[int, int, int]


def task_totals(scope: Scope, subject: Subject, start: int, end: int, period: int) -> dict[str, list[float | None]]:
    """Return the totals of the running tasks at the begin of each period; nothing before the first known task."""
    points = (end - start) // period
    changes: defaultdict[int, Amounts] = defaultdict(lambda: (0, 0, 0))
    first = end
    rows = _tasks(scope, subject).filter(
        Q(stopped_at=None) | Q(stopped_at__gt=datetime.fromtimestamp(start, UTC)), started_at__isnull=False
    )
    times = rows.values_list("started_at", "stopped_at", "gone_at", "cpu", "memory")
    for started, stopped, gone, cpu, memory in times.iterator(CHUNK):
        for at, sign in ((started, 1), (stopped or gone, -1)):
            if at is not None:
                first = min(first, int(at.timestamp()))
                place = max(0, ceil((at.timestamp() - start) / period))
                count, units, size = changes[place]
                changes[place] = (count + sign, units + sign * cpu, size + sign * memory)
    known = [changes.get(place, (0, 0, 0)) for place in range(points)]
    begin = max(0, (first - start) // period)
    totals = zip(OURS, zip(*accumulate(known, _plus), strict=True), strict=True)
    return {name: [None] * begin + [float(each) for each in values[begin:]] for name, values in totals}


def _plus(one: Amounts, other: Amounts) -> Amounts:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _tasks(scope: Scope, subject: Subject) -> QuerySet[Task]:
    rows = Task.objects.filter(account=scope.account, region=scope.region, cluster_name=subject.cluster)
    if subject.service:
        return rows.filter(service_name=subject.service)
    if subject.instance:
        instances = ContainerInstance.objects.in_scope(scope.account, scope.region)
        return rows.filter(container_instance_arn__in=instances.filter(name=subject.instance).values("arn"))
    return rows
