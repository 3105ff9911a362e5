"""Response times of the metrics page of a service over 15 days, with every chart and many marks."""

import random
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from ecsdash.access.permissions import Role
from ecsdash.bench import fleet
from ecsdash.bench.figures import Figure
from ecsdash.bench.list import SCOPE, PageTimer
from ecsdash.bench.servers import bench_servers
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from services.models import MetricSeries, Service, ServiceDeployment
from services.selectors.metric_series import DAY, Wanted, Window
from services.sync.metric_sources import MOST_GROUPS, OF_GROUP, Subject
from services.sync.task_totals import OURS

GOAL = 300  # milliseconds
DEPLOYMENTS = 60
NAMES = ("cpu", "cpu_max", "memory", "memory_max", "running", "desired", "pending", *OURS)
GROUPS = [f"{name}:group-{number}" for number in range(MOST_GROUPS) for name in OF_GROUP]


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--requests", type=int, default=60, help="requests of each page")


def measure(options: Mapping[str, Any]) -> Iterator[Figure]:
    with bench_servers() as servers:
        account = fleet.build()
        service = Service.objects.filter(account=account).earliest("pk")
        _deploy(account, service)
        _store(Scope(account, fleet.REGION), service)
        path = f"{SCOPE}services/{service.cluster_name}/{service.name}/metrics/?range=15d"
        timer = PageTimer(servers, "everything", role=Role.ADMIN)
        yield from timer.figures("metrics of 15 days, the page", path, options["requests"], GOAL)
        yield from timer.figures(
            "metrics of 15 days, the charts", f"{path}&fragment=metrics", options["requests"], GOAL
        )
        yield from timer.figures("metrics of 15 days, one table", f"{path}&table=cpu", options["requests"], GOAL)


def _store(scope: Scope, service: Service) -> None:
    wanted = Wanted(scope, Subject(service.cluster_name, service.name), Window.last(15 * DAY, timezone.now()))
    points, window = (wanted.window.end - wanted.window.start) // wanted.window.period, wanted.window
    values = {name: [round(random.uniform(1, 99), 3) for _ in range(points)] for name in [*NAMES, *GROUPS]}  # noqa: S311
    MetricSeries.objects.create(
        key=wanted.key, account=scope.account, region=scope.region, subject=wanted.subject.as_json(),
        start=window.start, end=window.end, period=window.period, values=values, fetched_at=timezone.now(),
    )  # fmt: skip


def _deploy(account: Account, service: Service) -> None:
    now, arn = timezone.now(), service.arn
    ServiceDeployment.objects.bulk_create(
        ServiceDeployment(
            account=account, region=fleet.REGION, arn=f"{arn}/chart-{number}", name=f"chart-{number}", observed_at=now,
            cluster_name=service.cluster_name, service_name=service.name, status="SUCCESSFUL",
            task_definition=service.task_definition, created_at=now - timedelta(hours=5 * number),
        )
        for number in range(DEPLOYMENTS)
    )  # fmt: skip
